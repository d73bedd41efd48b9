// The page's words in the languages of the studio.

const german = {
  "Connecting": "Verbinde", "Connected": "Verbunden", "Connection lost": "Verbindung verloren",
  "Light or dark": "Hell oder dunkel", "This studio asks for its token": "Dieses Studio fragt nach seinem Schlüssel",
  "It was printed when the service was started.": "Er wurde ausgegeben, als der Dienst gestartet wurde.",
  "Token": "Schlüssel", "Enter": "Eintreten", "Wrong token.": "Falscher Schlüssel.",
  "Prompt": "Beschreibung", "Model": "Modell", "Quality": "Qualität", "Shape": "Form", "Duration": "Dauer", "Steps": "Schritte",
  "Seed": "Startwert", "new each time": "jedes Mal neu", "Another seed": "Anderer Startwert", "Advanced": "Weiteres",
  "Not wanted": "Unerwünscht", "Guidance": "Führung", "Scheduler": "Verfahren",
  "Full resolution while it is made": "Volle Auflösung, während es entsteht", "Generate": "Erzeugen", "Queue": "Warteschlange",
  "Stage": "Bühne", "Progress": "Fortschritt", "Stop": "Anhalten",
  "Type what is to be seen, then generate.": "Beschreiben, was zu sehen sein soll, dann erzeugen.",
  "Play or pause": "Abspielen oder anhalten", "Frame": "Bild", "Show each frame when it comes": "Jedes Bild zeigen, sobald es kommt",
  "Live": "Live", "Download": "Herunterladen", "Copy recipe": "Rezept kopieren", "Recipe copied.": "Rezept kopiert.",
  "Nothing waits.": "Nichts wartet.", "This run": "Dieser Lauf", "Clips": "Clips", "Your clips appear here.": "Hier erscheinen die Clips.",
  "fast": "Schnell", "balanced": "Ausgewogen", "quality": "Qualität",
  "Generating": "In Arbeit", "Waiting": "Wartet", "Draft": "Entwurf", "Loading model": "Modell wird geladen", "Reading prompt": "Beschreibung wird gelesen",
  "Decoding": "Bilder entstehen", "Writing file": "Datei wird geschrieben", "Step {0} of {1}": "Schritt {0} von {1}", "Block {0} of {1}": "Block {0} von {1}",
  "{0} s left": "noch {0} s", "{0} frames/s": "{0} Bilder/s", "{0} s · {1} frames": "{0} s · {1} Bilder", "about {0} s": "etwa {0} s",
  "Finished": "Fertig", "Stopped": "Angehalten", "Failed": "Gescheitert", "There already": "Schon da", "Cancelled": "Gestrichen",
  "running": "läuft", "queued": "wartet", "paused": "unterbrochen", "failed": "gescheitert", "Remove from the queue": "Aus der Warteschlange nehmen",
  "Queued": "Gewartet", "Load": "Laden", "Text": "Text", "First frame": "Erstes Bild", "Denoising": "Entrauschen", "Decode": "Dekodieren", "Total": "Gesamt", "Memory": "Speicher",
  "{0} frames were skipped: this connection is slower than the studio.": "{0} Bilder wurden übersprungen: die Verbindung ist langsamer als das Studio.",
  "The connection is lost; it is being made again.": "Die Verbindung ist verloren; sie wird neu aufgebaut.",
  "stopped {0} s": "angehalten {0} s", "Pictures": "Bilder", "First picture": "Erstes Bild", "Last picture": "Letztes Bild", "Remove the picture": "Bild entfernen", "built in": "eingebaut", "Picture of the clip": "Bild des Clips",
  "Choose a picture …": "Bild wählen …", "Choose another …": "Anderes wählen …", "Sending …": "Wird gesendet …",
  "The picture of this clip is not here any more. Choose it again.": "Das Bild dieses Clips ist nicht mehr da. Es muss neu gewählt werden.",
  "The slowest clips take {0} s from the wish to the file, more than {1} s.": "Die langsamsten Clips brauchen vom Wunsch bis zur Datei {0} s, mehr als {1} s.",
  "The device is busy for {0} of the time while clips are made, less than {1}.": "Das Gerät ist beim Erzeugen von Clips nur {0} der Zeit beschäftigt, weniger als {1}.",
  "The device is busy for {0} of the time, more than {1}: it has no room for more.": "Das Gerät ist {0} der Zeit beschäftigt, mehr als {1}: Für mehr ist kein Platz.",
  "The files keep too little of the frames: SSIM {0}, less than {1}.": "Die Dateien bewahren zu wenig von den Bildern: SSIM {0}, weniger als {1}.",
  "{0} clips wait, more than {1}.": "{0} Clips warten, mehr als {1}.",
};

const chinese = {
  "Connecting": "正在连接", "Connected": "已连接", "Connection lost": "连接已断开", "Light or dark": "浅色或深色",
  "This studio asks for its token": "此工作室需要令牌", "It was printed when the service was started.": "启动服务时已显示该令牌。",
  "Token": "令牌", "Enter": "进入", "Wrong token.": "令牌错误。", "Prompt": "提示词", "Model": "模型", "Quality": "质量", "Shape": "画幅",
  "Duration": "时长", "Steps": "步数", "Seed": "种子", "new each time": "每次更换", "Another seed": "换一个种子", "Advanced": "高级",
  "Not wanted": "不想要的内容", "Guidance": "引导强度", "Scheduler": "调度器", "Full resolution while it is made": "生成时使用完整分辨率",
  "Generate": "生成", "Queue": "队列", "Stage": "舞台", "Progress": "进度", "Stop": "停止",
  "Type what is to be seen, then generate.": "输入想看到的画面，然后生成。", "Play or pause": "播放或暂停", "Frame": "帧",
  "Show each frame when it comes": "每帧到达即显示", "Live": "实时", "Download": "下载", "Copy recipe": "复制配方", "Recipe copied.": "配方已复制。",
  "Nothing waits.": "没有等待的任务。", "This run": "本次运行", "Clips": "片段", "Your clips appear here.": "片段会出现在这里。",
  "fast": "快速", "balanced": "均衡", "quality": "高质量", "Generating": "生成中", "Waiting": "等待中", "Draft": "草稿",
  "Loading model": "正在加载模型", "Reading prompt": "正在读取提示词", "Decoding": "正在解码", "Writing file": "正在写入文件",
  "Step {0} of {1}": "第 {0} 步，共 {1} 步", "Block {0} of {1}": "第 {0} 块，共 {1} 块", "{0} s left": "还剩 {0} 秒",
  "{0} frames/s": "{0} 帧/秒", "{0} s · {1} frames": "{0} 秒 · {1} 帧", "about {0} s": "约 {0} 秒", "Finished": "完成", "Stopped": "已停止",
  "Failed": "失败", "There already": "已有", "Cancelled": "已取消", "running": "运行中", "queued": "等待中", "paused": "已暂停", "failed": "失败",
  "Remove from the queue": "移出队列", "Queued": "排队", "Load": "加载", "Text": "文本", "First frame": "首帧", "Denoising": "去噪", "Decode": "解码", "Total": "总计", "Memory": "内存",
  "{0} frames were skipped: this connection is slower than the studio.": "跳过了 {0} 帧：此连接比工作室慢。",
  "The connection is lost; it is being made again.": "连接已断开，正在重新连接。", "stopped {0} s": "停于 {0} 秒", "Pictures": "图片", "First picture": "首张图片", "Last picture": "末张图片", "Remove the picture": "移除图片", "built in": "内置", "Picture of the clip": "片段画面",
  "Choose a picture …": "选择图片…", "Choose another …": "另选图片…", "Sending …": "正在发送…",
  "The picture of this clip is not here any more. Choose it again.": "此片段的图片已不在，请重新选择。",
  "The slowest clips take {0} s from the wish to the file, more than {1} s.": "最慢的片段从提交到成片需要 {0} 秒，超过 {1} 秒。",
  "The device is busy for {0} of the time while clips are made, less than {1}.": "生成片段时设备的占用率为 {0}，低于 {1}。",
  "The device is busy for {0} of the time, more than {1}: it has no room for more.": "设备的占用率为 {0}，超过 {1}：已没有余量。",
  "The files keep too little of the frames: SSIM {0}, less than {1}.": "文件保留的画面细节太少：SSIM {0}，低于 {1}。",
  "{0} clips wait, more than {1}.": "有 {0} 个片段在等待，超过 {1} 个。",
};

const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language;
export const language = asked.startsWith("de") ? "de" : asked.startsWith("zh") ? "zh" : "en";
const english = { Decode: "Decoding", fast: "Fast", balanced: "Balanced", quality: "Quality", running: "Running", queued: "Waiting", paused: "Interrupted", failed: "Failed" };
const words = { de: german, zh: chinese, en: english }[language];
export const tables = { german, chinese };

/** The text in the page's language; {0}, {1} are filled in. */
export const t = (text, ...values) => (words[text] ?? text).replace(/\{(\d)\}/g, (_, i) => values[i]);

/** Translates what the document says, in place. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.textContent);
  for (const element of root.querySelectorAll("[data-t-label]")) {
    const label = t(element.dataset.tLabel);
    element.setAttribute("aria-label", label);
    if (element.matches("button, label")) element.title = label;
  }
}

<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Rushes</name>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Quick draft first</source>
        <translation>先出快速草稿</translation>
    </message>
    <message>
        <source>guidance, scheduler, draft</source>
        <translation>引导、调度器、草稿</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>Scheduler</source>
        <translation>调度器</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>A short, small clip first, where the model gains from one.</source>
        <translation>对有益的模型，先生成短小的草稿。</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>How strictly the picture follows the prompt. Above 1 a step costs twice as much.</source>
        <translation>画面遵循提示词的程度。大于 1 时每步耗时加倍。</translation>
    </message>
    <message>
        <source>%1 has its guidance built in.</source>
        <translation>%1 已内置引导。</translation>
    </message>
    <message>
        <source>The solver that turns noise into a picture. Hardly any effect on the time.</source>
        <translation>把噪声变成画面的求解器。几乎不影响时间。</translation>
    </message>
    <message>
        <source>%1 was not trained on %2 pictures. Export can crop or pad to that shape.</source>
        <translation>%1 未用 %2 的画面训练。导出时可裁剪或填充为该形状。</translation>
    </message>
    <message>
        <source>%1 draws at most %2 pixels on the short side. Export can enlarge the clip.</source>
        <translation>%1 短边最多绘制 %2 像素。导出时可放大短片。</translation>
    </message>
    <message>
        <source>%1 has no such choice. Set the steps below.</source>
        <translation>%1 没有此选项。请在下方设置步数。</translation>
    </message>
    <message>
        <source>%1 s · %2 frames · %3 fps</source>
        <translation>%1 秒 · %2 帧 · %3 帧/秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分钟</translation>
    </message>
    <message>
        <source>under 1 s</source>
        <translation>不到 1 秒</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>Example: %1</source>
        <translation>示例：%1</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Queue (paused)</source>
        <translation>加入队列（已暂停）</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Add a model folder…</source>
        <translation>添加模型文件夹…</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>无模型</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 步</translation>
    </message>
    <message>
        <source>Model: %1, %2</source>
        <translation>模型：%1，%2</translation>
    </message>
    <message>
        <source>add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Duration in seconds</source>
        <translation>时长（秒）</translation>
    </message>
    <message>
        <source>Number of steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Settings of the next clip</source>
        <translation>下一个短片的设置</translation>
    </message>
    <message>
        <source>history</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Earlier prompts: Alt+Up and Alt+Down</source>
        <translation>以前的提示词：Alt+Up 和 Alt+Down</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>What is seen and what happens. A longer text takes hardly more time.</source>
        <translation>画面内容与动作。文字更长几乎不增加时间。</translation>
    </message>
    <message>
        <source>What happens in the clip?</source>
        <translation>短片里发生什么？</translation>
    </message>
    <message>
        <source>Negative</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>反向提示词</translation>
    </message>
    <message>
        <source>What should not be in it?</source>
        <translation>不应出现什么？</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Speed or quality</source>
        <translation>速度或质量</translation>
    </message>
    <message>
        <source>How many steps the model takes: more settle details, and each takes its time.</source>
        <translation>模型走多少步：步数越多细节越清晰，每步都需要时间。</translation>
    </message>
    <message>
        <source>Aspect</source>
        <translation>画面比例</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Twice as long takes twice the time, or more where the model sees the whole clip.</source>
        <translation>时长加倍则耗时加倍；若模型一次看整个短片则更久。</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>%1 · fixed</source>
        <translation>%1 · 固定</translation>
    </message>
    <message>
        <source>%1 was distilled to exactly this many steps.</source>
        <translation>%1 专为这一步数蒸馏。</translation>
    </message>
    <message>
        <source>More steps take longer and settle details.</source>
        <translation>步数越多越慢，细节越清晰。</translation>
    </message>
    <message>
        <source>Demonstration model.</source>
        <translation>演示模型。</translation>
    </message>
    <message>
        <source>hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>show (in use)</source>
        <translation>显示（使用中）</translation>
    </message>
    <message>
        <source>%1 characters too long</source>
        <translation>超出 %1 个字符</translation>
    </message>
    <message>
        <source>Prompts that take over on the way</source>
        <translation>中途接替的提示词</translation>
    </message>
    <message>
        <source>remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove the prompts that take over on the way</source>
        <translation>移除中途接替的提示词</translation>
    </message>
    <message>
        <source>From %1 s: %2</source>
        <translation>从 %1 秒起：%2</translation>
    </message>
    <message>
        <source>prompts that take over</source>
        <translation>接替的提示词</translation>
    </message>
    <message>
        <source>No earlier prompts yet</source>
        <translation>还没有以前的提示词</translation>
    </message>
    <message>
        <source>Not known to this model: %1</source>
        <translation>此模型不认识：%1</translation>
    </message>
    <message>
        <source>New seed each time</source>
        <translation>每次换新种子</translation>
    </message>
    <message>
        <source>The number that the noise begins with: the same settings and seed give the same clip. No effect on the time.</source>
        <translation>噪声的起始数字：设置和种子相同则短片相同。不影响时间。</translation>
    </message>
    <message>
        <source>Another random seed</source>
        <translation>另一个随机种子</translation>
    </message>
    <message>
        <source>Each clip is made with the seed that stands here; then another one takes its place.</source>
        <translation>每个短片都使用这里的种子；之后换成另一个。</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>分辨率</translation>
    </message>
    <message>
        <source>%1 × %2 pixels</source>
        <translation>%1 × %2 像素</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>无操作</translation>
    </message>
    <message>
        <source>Settings of this clip restored</source>
        <translation>已恢复此短片的设置</translation>
    </message>
    <message>
        <source>Find the file…</source>
        <translation>查找文件…</translation>
    </message>
    <message>
        <source>Make it again</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>Remove from the strip</source>
        <translation>从胶片条移除</translation>
    </message>
    <message>
        <source>Settings of %1 restored</source>
        <translation>已恢复 %1 的设置</translation>
    </message>
    <message>
        <source>clip removed from the strip</source>
        <translation>已从胶片条移除短片</translation>
    </message>
    <message>
        <source>Removed from the strip. The file stays.</source>
        <translation>已从胶片条移除。文件保留。</translation>
    </message>
    <message>
        <source>file deleted</source>
        <translation>已删除文件</translation>
    </message>
    <message>
        <source>%1 is in the bin</source>
        <translation>%1 已移到回收站</translation>
    </message>
    <message>
        <source>favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>no favourite any more</source>
        <translation>已取消收藏</translation>
    </message>
    <message>
        <source>%1 × %2 · %3 fps</source>
        <translation>%1 × %2 · %3 帧/秒</translation>
    </message>
    <message>
        <source>no prompt</source>
        <translation>无提示词</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>帧数</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>guidance</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>scheduler</source>
        <translation>调度器</translation>
    </message>
    <message>
        <source>SSIM %1  ·  flicker %2 | %3</source>
        <translation>SSIM %1  ·  闪烁 %2 | %3</translation>
    </message>
    <message>
        <source>comparing</source>
        <translation>正在比较</translation>
    </message>
    <message>
        <source>comparing, %1 %</source>
        <translation>正在比较，%1 %</translation>
    </message>
    <message>
        <source>same settings</source>
        <translation>设置相同</translation>
    </message>
    <message>
        <source>No engine</source>
        <translation>无引擎</translation>
    </message>
    <message>
        <source>Starting the engine</source>
        <translation>正在启动引擎</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>%1 % · %2</source>
        <translation>%1 % · %2</translation>
    </message>
    <message>
        <source>File copied</source>
        <translation>已复制文件</translation>
    </message>
    <message>
        <source>There is no prompt: the model decides what is seen.</source>
        <translation>没有提示词：由模型决定画面内容。</translation>
    </message>
    <message>
        <source>Another window of Rushes makes the clips: yours waits in its queue.</source>
        <translation>另一个 Rushes 窗口正在生成短片：你的短片在其队列中等待。</translation>
    </message>
    <message>
        <source>%1 variations are on their way</source>
        <translation>%1 个变体正在生成</translation>
    </message>
    <message>
        <source>Stop this clip? What exists is kept. Esc again stops.</source>
        <translation>停止此短片？已有部分会保留。再按 Esc 停止。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>%1 It is tried again.</source>
        <translation>%1 将再次尝试。</translation>
    </message>
    <message>
        <source>Stopped before the first frame: there is no clip.</source>
        <translation>在第一帧之前停止：没有短片。</translation>
    </message>
    <message>
        <source>settings restored</source>
        <translation>已恢复设置</translation>
    </message>
    <message>
        <source>Where is this clip now?</source>
        <translation>此短片现在在哪里？</translation>
    </message>
    <message>
        <source>Folder for new clips</source>
        <translation>新短片的文件夹</translation>
    </message>
    <message>
        <source>New clips go to %1</source>
        <translation>新短片将存到 %1</translation>
    </message>
    <message>
        <source>Recipe copied</source>
        <translation>已复制配方</translation>
    </message>
    <message>
        <source>Comparing needs two clips: make another one.</source>
        <translation>比较需要两个短片：请再生成一个。</translation>
    </message>
    <message>
        <source>The clip is ready</source>
        <translation>短片已完成</translation>
    </message>
    <message>
        <source>The clip could not be made</source>
        <translation>短片未能生成</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>已导出 %1</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>选择其他文件夹…</translation>
    </message>
    <message>
        <source>Model %1 · seed %2 · %3 × %4 · %5 frames</source>
        <translation>模型 %1 · 种子 %2 · %3 × %4 · %5 帧</translation>
    </message>
    <message>
        <source> · about %1</source>
        <translation> · 约 %1</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>duration</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>speed or quality</source>
        <translation>速度或质量</translation>
    </message>
    <message>
        <source>Frame copied</source>
        <translation>已复制画面</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>已保存 %1</translation>
    </message>
    <message>
        <source>Add a model folder</source>
        <translation>添加模型文件夹</translation>
    </message>
    <message>
        <source>Looking into %1</source>
        <translation>正在查看 %1</translation>
    </message>
    <message>
        <source>%1 is added and chosen</source>
        <translation>已添加并选择 %1</translation>
    </message>
    <message>
        <source> and </source>
        <translation> 和 </translation>
    </message>
    <message>
        <source>This is a demonstration model. Larger ones are folders in the Hugging Face diffusers layout; %1 takes %2 of memory, and this machine has %3.</source>
        <translation>这是演示模型。更大的模型是 Hugging Face diffusers 格式的文件夹；%1 需要 %2 内存，本机有 %3。</translation>
    </message>
    <message>
        <source>This is a demonstration model. A larger one is a folder in the Hugging Face diffusers layout.</source>
        <translation>这是演示模型。更大的模型是 Hugging Face diffusers 格式的文件夹。</translation>
    </message>
    <message>
        <source>Larger models…</source>
        <translation>更大的模型…</translation>
    </message>
    <message>
        <source>About larger models</source>
        <translation>关于更大的模型</translation>
    </message>
    <message>
        <source>The folder with model_index.json in it; nothing is copied</source>
        <translation>含 model_index.json 的文件夹；不会复制任何内容</translation>
    </message>
    <message>
        <source>Don&apos;t show this again</source>
        <translation>不再显示</translation>
    </message>
    <message>
        <source>not possible</source>
        <translation>不可行</translation>
    </message>
    <message>
        <source>removed from the queue</source>
        <translation>已从队列移除</translation>
    </message>
    <message>
        <source>queue cleared</source>
        <translation>已清空队列</translation>
    </message>
    <message>
        <source>Removed from the queue</source>
        <translation>已从队列移除</translation>
    </message>
    <message>
        <source>%1 clips removed from the queue</source>
        <translation>已从队列移除 %1 个短片</translation>
    </message>
    <message>
        <source>Resume queue</source>
        <translation>继续队列</translation>
    </message>
    <message>
        <source>A clip that was being made when Rushes was ended is saved.</source>
        <translation>Rushes 结束时正在生成的短片已保存。</translation>
    </message>
    <message>
        <source>%1 clips that were being made when Rushes was ended are saved.</source>
        <translation>Rushes 结束时正在生成的 %1 个短片已保存。</translation>
    </message>
    <message>
        <source>The queue is paused: the clip waits.</source>
        <translation>队列已暂停：短片在等待。</translation>
    </message>
    <message>
        <source>The queue is paused: %1 clips wait.</source>
        <translation>队列已暂停：%1 个短片在等待。</translation>
    </message>
    <message>
        <source>Offline: nothing leaves this machine</source>
        <translation>离线：没有内容离开本机</translation>
    </message>
    <message>
        <source>%1 disk free</source>
        <translation>磁盘剩余 %1</translation>
    </message>
    <message>
        <source>%1 memory used</source>
        <translation>已用内存 %1</translation>
    </message>
    <message>
        <source>1 clip</source>
        <translation>1 个短片</translation>
    </message>
    <message>
        <source>%1 clips</source>
        <translation>%1 个短片</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Undone: %1</source>
        <translation>已撤销：%1</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Done again: %1</source>
        <translation>已重做：%1</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export %1 files</source>
        <translation>导出 %1 个文件</translation>
    </message>
    <message>
        <source>Finishing the file…</source>
        <translation>正在完成文件…</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation>已取消。没有写入任何内容。</translation>
    </message>
    <message>
        <source>Cancelled. %1 files are complete.</source>
        <translation>已取消。%1 个文件已完整。</translation>
    </message>
    <message>
        <source>Give the file a name.</source>
        <translation>请给文件命名。</translation>
    </message>
    <message>
        <source>File %1 of %2</source>
        <translation>文件 %1 / %2</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>已写入：%1</translation>
    </message>
    <message>
        <source>Written: %1 files</source>
        <translation>已写入：%1 个文件</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适配</translation>
    </message>
    <message>
        <source>Blend frames</source>
        <translation>混合帧</translation>
    </message>
    <message>
        <source>Recipe inside the file</source>
        <translation>文件内含配方</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>裁剪</translation>
    </message>
    <message>
        <source>Fill the shape and cut what is over</source>
        <translation>填满形状并裁去多余部分</translation>
    </message>
    <message>
        <source>Pad</source>
        <translation>填充</translation>
    </message>
    <message>
        <source>The whole picture on black</source>
        <translation>完整画面置于黑底</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>The whole picture on a blurred copy of itself</source>
        <translation>完整画面置于自身的模糊副本上</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>小</translation>
    </message>
    <message>
        <source>Dropped back on the window, the file restores every setting. Without it the file says nothing about its making.</source>
        <translation>把文件拖回窗口可恢复全部设置。不含配方则看不出它如何生成。</translation>
    </message>
    <message>
        <source>File name</source>
        <translation>文件名</translation>
    </message>
    <message>
        <source>Also as</source>
        <translation>同时导出</translation>
    </message>
    <message>
        <source>Frames a second</source>
        <translation>每秒帧数</translation>
    </message>
    <message>
        <source>change folder</source>
        <translation>更改文件夹</translation>
    </message>
    <message>
        <source>Folder for the export</source>
        <translation>导出文件夹</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>原有</translation>
    </message>
    <message>
        <source>The clip&apos;s own frame rate, %1</source>
        <translation>短片自身的帧率，%1</translation>
    </message>
    <message>
        <source>Mixes neighbouring frames where the rates differ; otherwise frames are repeated.</source>
        <translation>帧率不同时混合相邻帧；否则重复帧。</translation>
    </message>
    <message>
        <source>Also as %1</source>
        <translation>同时导出 %1</translation>
    </message>
    <message>
        <source>%1 × %2, as a file of its own</source>
        <translation>%1 × %2，单独文件</translation>
    </message>
    <message>
        <source>This format has one quality.</source>
        <translation>此格式只有一种质量。</translation>
    </message>
    <message>
        <source>%1 × %2 · %3 s · %4 fps · about %5</source>
        <translation>%1 × %2 · %3 秒 · %4 帧/秒 · 约 %5</translation>
    </message>
    <message>
        <source>Whole clip, %1 s. Take the marked part</source>
        <translation>整个短片，%1 秒。改用标记部分</translation>
    </message>
    <message>
        <source>Marked part, %1 s of %2 s. Take the whole clip</source>
        <translation>标记部分，%1 秒 / %2 秒。改用整个短片</translation>
    </message>
    <message>
        <source>in %1</source>
        <translation>位于 %1</translation>
    </message>
    <message>
        <source>Preview of the exported picture</source>
        <translation>导出画面预览</translation>
    </message>
    <message>
        <source>MP4 · H.264, plays everywhere</source>
        <translation>MP4 · H.264，到处可播放</translation>
    </message>
    <message>
        <source>GIF · loops, 256 colours</source>
        <translation>GIF · 循环，256 色</translation>
    </message>
    <message>
        <source>WebP · loops, small</source>
        <translation>WebP · 循环，体积小</translation>
    </message>
    <message>
        <source>PNG sequence · lossless, a folder</source>
        <translation>PNG 序列 · 无损，一个文件夹</translation>
    </message>
    <message>
        <source>MKV · FFV1, lossless</source>
        <translation>MKV · FFV1，无损</translation>
    </message>
    <message>
        <source>%1 could not be moved to the bin.</source>
        <translation>无法将 %1 移到回收站。</translation>
    </message>
    <message>
        <source>The file stays; the clip is out of the strip.</source>
        <translation>文件保留；短片已离开胶片条。</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>file is gone</source>
        <translation>文件已丢失</translation>
    </message>
    <message>
        <source>stopped %1</source>
        <translation>在 %1 处停止</translation>
    </message>
    <message>
        <source>Clips made so far</source>
        <translation>已生成的短片</translation>
    </message>
    <message>
        <source>Show and restore settings</source>
        <translation>显示并恢复设置</translation>
    </message>
    <message>
        <source>Compare with the clip on the stage</source>
        <translation>与画面中的短片比较</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Make again</source>
        <translation>重新生成</translation>
    </message>
    <message>
        <source>Four variations (other seeds)</source>
        <translation>四个变体（其他种子）</translation>
    </message>
    <message>
        <source>Copy the file</source>
        <translation>复制文件</translation>
    </message>
    <message>
        <source>Not a favourite</source>
        <translation>取消收藏</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Remove from the strip (the file stays)&#9;Del</source>
        <translation>从胶片条移除（文件保留）&#9;Del</translation>
    </message>
    <message>
        <source>Move the file to the bin</source>
        <translation>将文件移到回收站</translation>
    </message>
    <message>
        <source>Your clips appear here. Drop a clip to restore its settings.</source>
        <translation>你的短片显示在这里。拖入短片可恢复其设置。</translation>
    </message>
    <message>
        <source>Search the clips</source>
        <translation>搜索短片</translation>
    </message>
    <message>
        <source>Words of the prompt; Esc ends the search</source>
        <translation>提示词中的词；按 Esc 结束搜索</translation>
    </message>
    <message>
        <source>begun, goes on</source>
        <translation>已开始，将继续</translation>
    </message>
    <message>
        <source>tries again</source>
        <translation>将重试</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>失败：%1</translation>
    </message>
    <message>
        <source>(no prompt)</source>
        <translation>（无提示词）</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>正在开始</translation>
    </message>
    <message>
        <source>Pause now</source>
        <translation>立即暂停</translation>
    </message>
    <message>
        <source>To the front</source>
        <translation>移到最前</translation>
    </message>
    <message>
        <source>Earlier&#9;Alt+Up</source>
        <translation>提前&#9;Alt+Up</translation>
    </message>
    <message>
        <source>Later&#9;Alt+Down</source>
        <translation>推后&#9;Alt+Down</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>复制一份</translation>
    </message>
    <message>
        <source>Remove&#9;Del</source>
        <translation>移除&#9;Del</translation>
    </message>
    <message>
        <source>Nothing is waiting. Generate while a clip is being made puts the next one here.</source>
        <translation>没有等待项。生成期间再按“生成”会把下一个放到这里。</translation>
    </message>
    <message>
        <source>Pause after this</source>
        <translation>此后暂停</translation>
    </message>
    <message>
        <source>Copy recipe</source>
        <translation>复制配方</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>本次运行</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>第一帧</translation>
    </message>
    <message>
        <source>Frame rate</source>
        <translation>帧率</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Denoising</source>
        <translation>去噪</translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation>解码</translation>
    </message>
    <message>
        <source>Finishing the file</source>
        <translation>完成文件</translation>
    </message>
    <message>
        <source>Choose a clip in the strip to see how it was made.</source>
        <translation>在胶片条中选择短片，查看它的生成方式。</translation>
    </message>
    <message>
        <source>Copy the recipe</source>
        <translation>复制配方</translation>
    </message>
    <message>
        <source>Queue %1</source>
        <translation>队列 %1</translation>
    </message>
    <message>
        <source>%1 · paused</source>
        <translation>%1 · 已暂停</translation>
    </message>
    <message>
        <source>…</source>
        <translation>…</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation>%1 帧/秒</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>Playback waited</source>
        <translation>播放等待</translation>
    </message>
    <message>
        <source>once</source>
        <translation>一次</translation>
    </message>
    <message>
        <source>%1 times</source>
        <translation>%1 次</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Made in</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Rushes</source>
        <translation>Rushes</translation>
    </message>
    <message>
        <source>%1 steps, fixed</source>
        <translation>%1 步，固定</translation>
    </message>
    <message>
        <source>frames arrive block by block</source>
        <translation>逐块出帧</translation>
    </message>
    <message>
        <source>whole clip at once</source>
        <translation>整段一次生成</translation>
    </message>
    <message>
        <source>Left out: %1</source>
        <translation>已略过：%1</translation>
    </message>
    <message>
        <source>A folder in the Hugging Face diffusers layout, with model_index.json in it; nothing is copied</source>
        <translation>Hugging Face diffusers 格式的文件夹，含 model_index.json；不会复制任何内容</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · 剩余 %1</translation>
    </message>
    <message>
        <source>Open clip or recipe…</source>
        <translation>打开短片或配方…</translation>
    </message>
    <message>
        <source>Show clip in folder</source>
        <translation>在文件夹中显示短片</translation>
    </message>
    <message>
        <source>Open the clip with another program</source>
        <translation>用其他程序打开短片</translation>
    </message>
    <message>
        <source>Copy the clip&apos;s file</source>
        <translation>复制短片文件</translation>
    </message>
    <message>
        <source>Folder for new clips…</source>
        <translation>新短片的文件夹…</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Write the prompt</source>
        <translation>编写提示词</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Copy these settings as a recipe</source>
        <translation>将这些设置复制为配方</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>Ten frames back</source>
        <translation>后退十帧</translation>
    </message>
    <message>
        <source>Ten frames forward</source>
        <translation>前进十帧</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>到开头</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>到结尾</translation>
    </message>
    <message>
        <source>Play backwards, again faster</source>
        <translation>倒放，再按加速</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play forwards, again faster</source>
        <translation>正放，再按加速</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>Mark in</source>
        <translation>标记入点</translation>
    </message>
    <message>
        <source>Mark out</source>
        <translation>标记出点</translation>
    </message>
    <message>
        <source>Clear the marks</source>
        <translation>清除标记</translation>
    </message>
    <message>
        <source>Copy this frame</source>
        <translation>复制此帧</translation>
    </message>
    <message>
        <source>Save this frame as PNG</source>
        <translation>将此帧存为 PNG</translation>
    </message>
    <message>
        <source>Compare two clips</source>
        <translation>比较两个短片</translation>
    </message>
    <message>
        <source>Divider to the left</source>
        <translation>分隔线左移</translation>
    </message>
    <message>
        <source>Divider to the right</source>
        <translation>分隔线右移</translation>
    </message>
    <message>
        <source>Stop and keep what exists</source>
        <translation>停止并保留已有部分</translation>
    </message>
    <message>
        <source>Pause after this clip</source>
        <translation>此短片后暂停</translation>
    </message>
    <message>
        <source>Clear what waits</source>
        <translation>清除等待项</translation>
    </message>
    <message>
        <source>Stage alone</source>
        <translation>仅显示画面</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Safe areas</source>
        <translation>安全区域</translation>
    </message>
    <message>
        <source>Arrange panels</source>
        <translation>排列面板</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>重置布局</translation>
    </message>
    <message>
        <source>Follow the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Search or run a command</source>
        <translation>搜索或运行命令</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Save diagnostics for a report</source>
        <translation>保存诊断以便报告</translation>
    </message>
    <message>
        <source>About Rushes</source>
        <translation>关于 Rushes</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Clip</source>
        <translation>短片(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation>队列(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation>搜索命令</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Rushes %1 · a studio for local AI video · MIT licence</source>
        <translation>Rushes %1 · 本地 AI 视频工作室 · MIT 许可</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>短片</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>%1 · Rushes</source>
        <translation>%1 · Rushes</translation>
    </message>
    <message>
        <source>Recipe panel</source>
        <translation>配方面板</translation>
    </message>
    <message>
        <source>Queue and inspector</source>
        <translation>队列与检查器</translation>
    </message>
    <message>
        <source>Film strip</source>
        <translation>胶片条</translation>
    </message>
    <message>
        <source>Search or run a command   %1</source>
        <translation>搜索或运行命令   %1</translation>
    </message>
    <message>
        <source>Open clip or recipe</source>
        <translation>打开短片或配方</translation>
    </message>
    <message>
        <source>Clips and recipes (*.mp4 *.mkv *.gif *.webp *.png *.jpg *.jpeg *.avif *.json);;All files (*)</source>
        <translation>短片和配方 (*.mp4 *.mkv *.gif *.webp *.png *.jpg *.jpeg *.avif *.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Nothing here has these words.</source>
        <translation>没有符合这些词的内容。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Search the settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Look and language</source>
        <translation>外观与语言</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>From the next start on.</source>
        <translation>下次启动时生效。</translation>
    </message>
    <message>
        <source>Less motion</source>
        <translation>减少动态效果</translation>
    </message>
    <message>
        <source>Clips in the strip stand still under the mouse, and a clip does not play by itself.</source>
        <translation>鼠标下的短片保持静止，短片不会自动播放。</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Clips</source>
        <translation>短片</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Your video folder.</source>
        <translation>你的视频文件夹。</translation>
    </message>
    <message>
        <source>Names of new clips</source>
        <translation>新短片的名称</translation>
    </message>
    <message>
        <source>{time} {date} {prompt} {seed} {model}; now: %1</source>
        <translation>{time} {date} {prompt} {seed} {model}；现在：%1</translation>
    </message>
    <message>
        <source>Nearest to the clip</source>
        <translation>最接近短片</translation>
    </message>
    <message>
        <source>Usual shape</source>
        <translation>常用形状</translation>
    </message>
    <message>
        <source>Usual format</source>
        <translation>常用格式</translation>
    </message>
    <message>
        <source>The last export decides again.</source>
        <translation>以最近一次导出为准。</translation>
    </message>
    <message>
        <source>Lines over the picture that show what the places for short clips leave free.</source>
        <translation>画面上的线条标出短视频平台不会遮挡的区域。</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Choose by itself</source>
        <translation>自动选择</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Where clips are computed. From the next start on.</source>
        <translation>短片在哪里计算。下次启动时生效。</translation>
    </message>
    <message>
        <source>When a clip is ready</source>
        <translation>短片完成时</translation>
    </message>
    <message>
        <source>Notify me</source>
        <translation>通知我</translation>
    </message>
    <message>
        <source>A message of the desktop while another window is in front.</source>
        <translation>当其他窗口在前时发出桌面通知。</translation>
    </message>
    <message>
        <source>Play a sound</source>
        <translation>播放声音</translation>
    </message>
    <message>
        <source>Press the key</source>
        <translation>按下按键</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Press the new key</source>
        <translation>按下新按键</translation>
    </message>
    <message>
        <source>Use it here</source>
        <translation>在此使用</translation>
    </message>
    <message>
        <source>reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>The usual key for %1</source>
        <translation>%1 的默认按键</translation>
    </message>
    <message>
        <source>Use the key here instead</source>
        <translation>改在此处使用该按键</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>%1 belongs to “%2”.</source>
        <translation>%1 属于“%2”。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>无按键</translation>
    </message>
    <message>
        <source>Choose a key, then press the new one. Backspace takes it away.</source>
        <translation>选择一个按键，再按新的。退格键将其移除。</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>复制错误</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Reels, TikTok</source>
        <translation>Reels、TikTok</translation>
    </message>
    <message>
        <source>Titles</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Loading model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Reading pictures %1 %</source>
        <translation>正在读取图片 %1 %</translation>
    </message>
    <message>
        <source>Reading prompt %1 %</source>
        <translation>正在读取提示词 %1 %</translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation>正在读取提示词</translation>
    </message>
    <message>
        <source>Block %1 of %2</source>
        <translation>第 %1 块，共 %2 块</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>第 %1 步，共 %2 步</translation>
    </message>
    <message>
        <source>Writing file</source>
        <translation>正在写入文件</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Generating</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>Progress of the running clip</source>
        <translation>当前短片的进度</translation>
    </message>
    <message>
        <source>00 s left</source>
        <translation>剩余 00 秒</translation>
    </message>
    <message>
        <source>Stop   %1</source>
        <translation>停止   %1</translation>
    </message>
    <message>
        <source>Waiting for the engine</source>
        <translation>等待引擎</translation>
    </message>
    <message>
        <source>%1 percent</source>
        <translation>百分之 %1</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>The clip is being made</source>
        <translation>正在生成短片</translation>
    </message>
    <message>
        <source>It moves here after the first step.</source>
        <translation>第一步之后画面会在这里动起来。</translation>
    </message>
    <message>
        <source>Describe a clip and press Generate</source>
        <translation>描述短片并按“生成”</translation>
    </message>
    <message>
        <source>It moves here while it is being made.</source>
        <translation>生成时画面会在这里动起来。</translation>
    </message>
    <message>
        <source>Picture of the clip</source>
        <translation>短片画面</translation>
    </message>
    <message>
        <source>Two clips, divided at %1 percent</source>
        <translation>两个短片，在 %1% 处分隔</translation>
    </message>
    <message>
        <source>Position in the clip</source>
        <translation>短片中的位置</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Two clips side by side</source>
        <translation>两个短片并排</translation>
    </message>
    <message>
        <source>The difference of two clips</source>
        <translation>两个短片的差异</translation>
    </message>
    <message>
        <source>Two clips, the other one %1 percent opaque</source>
        <translation>两个短片叠加，另一个不透明度 %1%</translation>
    </message>
    <message>
        <source>How alike the clips are, frame by frame</source>
        <translation>两个短片逐帧的相似度</translation>
    </message>
    <message>
        <source>Frame %1: SSIM %2</source>
        <translation>第 %1 帧：SSIM %2</translation>
    </message>
    <message>
        <source>Compare in another way</source>
        <translation>换一种方式比较</translation>
    </message>
    <message>
        <source>Compare by a divider</source>
        <translation>用分隔线比较</translation>
    </message>
    <message>
        <source>Compare side by side</source>
        <translation>并排比较</translation>
    </message>
    <message>
        <source>Compare by the difference</source>
        <translation>按差异比较</translation>
    </message>
    <message>
        <source>Compare by onion skin</source>
        <translation>用洋葱皮叠加比较</translation>
    </message>
    <message>
        <source>Change the prompt of the clip that is being made</source>
        <translation>更改正在生成的短片的提示词</translation>
    </message>
    <message>
        <source>Go another way from here</source>
        <translation>从这里起走另一条路</translation>
    </message>
    <message>
        <source>Put a clip on the stage first.</source>
        <translation>请先把一个短片放到舞台上。</translation>
    </message>
    <message>
        <source>From the next block on: %1</source>
        <translation>从下一段起：%1</translation>
    </message>
    <message>
        <source>Which prompt made which seconds</source>
        <translation>哪个提示词生成了哪几秒</translation>
    </message>
    <message>
        <source>Prompts of the clip</source>
        <translation>短片的提示词</translation>
    </message>
    <message>
        <source>Steer</source>
        <translation>引导</translation>
    </message>
    <message>
        <source>The prompt as it stands takes over at the next block</source>
        <translation>当前提示词从下一段起生效</translation>
    </message>
    <message>
        <source>Two clips at the same moment, with a divider to drag</source>
        <translation>两个短片同一时刻，分隔线可拖动</translation>
    </message>
    <message>
        <source>Write the clip in another shape or format</source>
        <translation>以其他形状或格式导出短片</translation>
    </message>
    <message>
        <source>%1×</source>
        <translation>%1×</translation>
    </message>
    <message>
        <source>Frame %1 of %2</source>
        <translation>第 %1 帧，共 %2 帧</translation>
    </message>
    <message>
        <source>Native size</source>
        <translation>原始尺寸</translation>
    </message>
    <message>
        <source>Twice the native size</source>
        <translation>原始尺寸的两倍</translation>
    </message>
    <message>
        <source>Four times the native size</source>
        <translation>原始尺寸的四倍</translation>
    </message>
    <message>
        <source>Reels, Shorts, TikTok (9:16)</source>
        <translation>Reels、Shorts、TikTok（9:16）</translation>
    </message>
    <message>
        <source>Instagram portrait (4:5)</source>
        <translation>Instagram 竖版（4:5）</translation>
    </message>
    <message>
        <source>Square (1:1)</source>
        <translation>方形（1:1）</translation>
    </message>
    <message>
        <source>YouTube, X (16:9)</source>
        <translation>YouTube、X（16:9）</translation>
    </message>
    <message>
        <source>frames a second</source>
        <translation>每秒帧数</translation>
    </message>
    <message>
        <source>draft first</source>
        <translation>先出草稿</translation>
    </message>
    <message>
        <source>fast decoding</source>
        <translation>快速解码</translation>
    </message>
    <message>
        <source>%1 clips removed from the strip</source>
        <translation>已从胶片条移除 %1 个短片</translation>
    </message>
    <message>
        <source>%1 clips removed from the strip. The files stay.</source>
        <translation>已从胶片条移除 %1 个短片。文件保留。</translation>
    </message>
    <message>
        <source>%1 clips · about %2</source>
        <translation>%1 个短片 · 约 %2</translation>
    </message>
    <message>
        <source>%1 could not be renamed.</source>
        <translation>无法重命名 %1。</translation>
    </message>
    <message>
        <source>%1 files copied</source>
        <translation>已复制 %1 个文件</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 内存</translation>
    </message>
    <message>
        <source>%1 × %2, %3 frames, %4</source>
        <translation>%1 × %2，%3 帧，%4</translation>
    </message>
    <message>
        <source>%1, not there now</source>
        <translation>%1（当前不可用）</translation>
    </message>
    <message>
        <source>%1, takes %2 of memory</source>
        <translation>%1，需要 %2 内存</translation>
    </message>
    <message>
        <source>%1×%2 · %3 s</source>
        <translation>%1×%2 · %3 秒</translation>
    </message>
    <message>
        <source>A clip of the queue is changed</source>
        <translation>正在修改队列中的短片</translation>
    </message>
    <message>
        <source>A short, small clip comes first, so that a bad idea can be stopped early. It adds a few percent to the time. Another model, smaller or quicker, may make it. Models that work block by block need none: their first block is there as quickly.</source>
        <translation>先生成一个又短又小的短片，好让不合适的想法尽早停下。会多用百分之几的时间。也可以由另一个更小或更快的模型来画。逐块生成的模型不需要：它们的第一块同样很快出现。</translation>
    </message>
    <message>
        <source>About: %1</source>
        <translation>关于：%1</translation>
    </message>
    <message>
        <source>Address copied: %1. The settings can let Rushes open web pages.</source>
        <translation>已复制地址：%1。可在设置中允许 Rushes 打开网页。</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>All of it</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>As in editors, 00:00:02:09</source>
        <translation>剪辑时间码，00:00:02:09</translation>
    </message>
    <message>
        <source>Aspect and size</source>
        <translation>画幅与尺寸</translation>
    </message>
    <message>
        <source>Black or white grounds, stronger lines and letters.</source>
        <translation>黑底或白底，线条和文字更醒目。</translation>
    </message>
    <message>
        <source>C shows two clips side by side, with a divider to drag.</source>
        <translation>按 C 并排显示两个短片，中间的分隔线可以拖动。</translation>
    </message>
    <message>
        <source>Clips that need more of the device&apos;s memory are not begun; the settings that fit are offered.</source>
        <translation>需要更多设备内存的短片不会开始；会给出能放得下的设置。</translation>
    </message>
    <message>
        <source>Copy %1 files</source>
        <translation>复制 %1 个文件</translation>
    </message>
    <message>
        <source>Ctrl+K finds every action, clip, model and setting.</source>
        <translation>Ctrl+K 可找到所有操作、短片、模型和设置。</translation>
    </message>
    <message>
        <source>Edit…	Enter</source>
        <translation>编辑…	Enter</translation>
    </message>
    <message>
        <source>Export %1 clips…</source>
        <translation>导出 %1 个短片…</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>入门</translation>
    </message>
    <message>
        <source>Frames, 34</source>
        <translation>帧，34</translation>
    </message>
    <message>
        <source>Generate as the next one</source>
        <translation>作为下一个生成</translation>
    </message>
    <message>
        <source>Generate in place of what waits</source>
        <translation>替换等待中的并生成</translation>
    </message>
    <message>
        <source>Here: %1 as it is, %2 with %3.</source>
        <translation>在这台机器上：现在%1，%3 时%2。</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>How long the clip is. A model that works block by block takes twice as long for twice the length; one that sees the whole clip takes more than that, and more memory.</source>
        <translation>短片的长度。逐块生成的模型，长度加倍时间也加倍；看整个短片的模型会更慢，也需要更多内存。</translation>
    </message>
    <message>
        <source>How often the picture is gone over. Few leave it soft, more settle details, and beyond some number nothing changes any more. The time grows with them.</source>
        <translation>画面被反复处理的次数。太少会显得模糊，多一些细节更清楚，超过一定数量就不再变化。时间随之增加。</translation>
    </message>
    <message>
        <source>How strictly the picture follows the prompt. High values look harsh. At 1 or below each step is computed once, above that twice.</source>
        <translation>画面遵循提示词的严格程度。数值过高会显得生硬。不大于 1 时每步计算一次，更高则两次。</translation>
    </message>
    <message>
        <source>Keep the change</source>
        <translation>保留更改</translation>
    </message>
    <message>
        <source>Looking at what this machine can do…</source>
        <translation>正在查看这台机器的能力…</translation>
    </message>
    <message>
        <source>Make a clip: %1</source>
        <translation>生成短片：%1</translation>
    </message>
    <message>
        <source>Marked as a favourite</source>
        <translation>已标为收藏</translation>
    </message>
    <message>
        <source>May open web pages</source>
        <translation>允许打开网页</translation>
    </message>
    <message>
        <source>Memory for clips</source>
        <translation>短片可用内存</translation>
    </message>
    <message>
        <source>Moved back in the queue</source>
        <translation>已在队列中后移</translation>
    </message>
    <message>
        <source>Moved forward in the queue</source>
        <translation>已在队列中前移</translation>
    </message>
    <message>
        <source>Name of the clip&apos;s file</source>
        <translation>短片的文件名</translation>
    </message>
    <message>
        <source>Needs about %1; %2 can be filled.</source>
        <translation>约需 %1；可用 %2。</translation>
    </message>
    <message>
        <source>Needs about %1; %2 can be filled. Not even the smallest clip of this model fits.</source>
        <translation>约需 %1；可用 %2。此模型最小的短片也放不下。</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>No action has these words.</source>
        <translation>没有包含这些词的操作。</translation>
    </message>
    <message>
        <source>No clip has these words. Esc ends the search.</source>
        <translation>没有包含这些词的短片。按 Esc 结束搜索。</translation>
    </message>
    <message>
        <source>Not a favourite any more</source>
        <translation>已取消收藏</translation>
    </message>
    <message>
        <source>Only favourites</source>
        <translation>只看收藏</translation>
    </message>
    <message>
        <source>Only what the model was trained on is offered: other shapes come out wrong. Twice the pixels take at least twice the time; the export can enlarge, crop and pad for nothing.</source>
        <translation>只提供模型训练过的尺寸：其他画幅会出错。像素加倍，时间至少加倍；导出时可以免费放大、裁剪和填充。</translation>
    </message>
    <message>
        <source>Or try one of these, it runs at once:</source>
        <translation>或者试试这些，点击即开始：</translation>
    </message>
    <message>
        <source>Pages of published models</source>
        <translation>已发布模型的页面</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Remove %1 from the strip (the files stay)	Del</source>
        <translation>从胶片条移除 %1 个（文件保留）	Del</translation>
    </message>
    <message>
        <source>Rename the clip…</source>
        <translation>重命名短片…</translation>
    </message>
    <message>
        <source>Renamed to %1</source>
        <translation>已重命名为 %1</translation>
    </message>
    <message>
        <source>Rename…	F2</source>
        <translation>重命名…	F2</translation>
    </message>
    <message>
        <source>Rushes itself never connects to anything. With this, the page of a published model opens in your browser when you ask for it; without, its address is copied.</source>
        <translation>Rushes 本身从不联网。开启后，应您的要求会在浏览器中打开已发布模型的页面；关闭时则复制其地址。</translation>
    </message>
    <message>
        <source>Search by words or by key</source>
        <translation>按文字或按键搜索</translation>
    </message>
    <message>
        <source>Search the shortcuts</source>
        <translation>搜索快捷键</translation>
    </message>
    <message>
        <source>Seconds, 0:02.8</source>
        <translation>秒，0:02.8</translation>
    </message>
    <message>
        <source>Settings of a waiting clip</source>
        <translation>等待中短片的设置</translation>
    </message>
    <message>
        <source>Settings of the waiting clip</source>
        <translation>该等待短片的设置</translation>
    </message>
    <message>
        <source>Shorter: %1</source>
        <translation>缩短：%1</translation>
    </message>
    <message>
        <source>Takes %1 of %2: other programs may have to make room.</source>
        <translation>占用 %2 中的 %1：其他程序可能需要让出内存。</translation>
    </message>
    <message>
        <source>That clip does not wait any more; the settings are your own again</source>
        <translation>该短片已不在等待；设置已恢复为您自己的</translation>
    </message>
    <message>
        <source>The clip is %1 long now</source>
        <translation>短片现在长 %1</translation>
    </message>
    <message>
        <source>The number that the noise begins with. The same settings and seed give the same clip; another seed gives another take of the same idea. No effect on the time.</source>
        <translation>噪声的起始数字。相同的设置和种子得到相同的短片；换一个种子就是同一想法的另一个版本。不影响时间。</translation>
    </message>
    <message>
        <source>The numbers are bf16 now</source>
        <translation>数值现为 bf16</translation>
    </message>
    <message>
        <source>The rule by which noise becomes a picture. Hardly any effect on the time of a step.</source>
        <translation>从噪声变成画面的规则。对每步的时间几乎没有影响。</translation>
    </message>
    <message>
        <source>The settings are %1 now</source>
        <translation>设置现为 %1</translation>
    </message>
    <message>
        <source>The size is %1 now</source>
        <translation>尺寸现为 %1</translation>
    </message>
    <message>
        <source>The waiting clip is changed</source>
        <translation>等待的短片已修改</translation>
    </message>
    <message>
        <source>The waiting clip stays as it was</source>
        <translation>等待的短片保持原样</translation>
    </message>
    <message>
        <source>Three good numbers of steps for this model: quick to look, or slow to keep.</source>
        <translation>此模型的三个合适步数：快速预览，或慢工出细活。</translation>
    </message>
    <message>
        <source>Time on the stage</source>
        <translation>舞台时间</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>使用 %1</translation>
    </message>
    <message>
        <source>Use bf16 numbers</source>
        <translation>使用 bf16 数值</translation>
    </message>
    <message>
        <source>Use the word: %1</source>
        <translation>使用这个词：%1</translation>
    </message>
    <message>
        <source>What draws the clip. A larger model knows more, needs more memory and takes longer. Choosing one brings its own steps and guidance.</source>
        <translation>绘制短片的模型。更大的模型懂得更多，需要更多内存和时间。选择后会带上它自己的步数和引导。</translation>
    </message>
    <message>
        <source>What is seen and what happens: the thing, how it looks, how it moves, where. It is read once for each new text, so its length hardly changes the time.</source>
        <translation>画面内容和发生的事：物体、外观、运动、地点。每段新文字只读一次，长度几乎不影响时间。</translation>
    </message>
    <message>
        <source>What should not be seen. It acts only with a guidance above 1, and then costs nothing on top.</source>
        <translation>不希望出现的内容。只在引导大于 1 时起作用，此时不额外耗时。</translation>
    </message>
    <message>
        <source>Where to get one…</source>
        <translation>在哪里获取…</translation>
    </message>
    <message>
        <source>Whether the clip fits</source>
        <translation>短片是否放得下</translation>
    </message>
    <message>
        <source>Words that this model knows</source>
        <translation>此模型认识的词</translation>
    </message>
    <message>
        <source>Your first clip. Space plays it, Ctrl+E writes it in the shape that you need.</source>
        <translation>您的第一个短片。空格键播放，Ctrl+E 按需要的画幅导出。</translation>
    </message>
    <message>
        <source>a clip of %1 takes %2</source>
        <translation>%1 的一个短片需要%2</translation>
    </message>
    <message>
        <source>clip renamed</source>
        <translation>短片重命名</translation>
    </message>
    <message>
        <source>does not fit in the memory</source>
        <translation>内存放不下</translation>
    </message>
    <message>
        <source>each by its prompt and seed</source>
        <translation>各按其提示词和种子</translation>
    </message>
    <message>
        <source>needs most of the memory</source>
        <translation>需要大部分内存</translation>
    </message>
    <message>
        <source>order of the queue</source>
        <translation>队列顺序</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 小时</translation>
    </message>
    <message>
        <source>This is a demonstration model. The %1 of memory of this machine are enough for %2.</source>
        <translation>这是演示模型。这台机器的 %1 内存足够运行 %2。</translation>
    </message>
    <message>
        <source>Drop a picture here, or click to choose one</source>
        <translation>把图片拖到这里，或点击选择</translation>
    </message>
    <message>
        <source>Pictures that the clip starts from</source>
        <translation>短片起始所用的图片</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>First picture</source>
        <translation>首帧图片</translation>
    </message>
    <message>
        <source>Last picture</source>
        <translation>尾帧图片</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>The frame on the stage</source>
        <translation>舞台上的画面</translation>
    </message>
    <message>
        <source>From a camera…</source>
        <translation>从摄像头…</translation>
    </message>
    <message>
        <source>Crop…</source>
        <translation>裁剪…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>%1 needs a picture to start from.</source>
        <translation>%1 需要一张起始图片。</translation>
    </message>
    <message>
        <source>The part that the clip shows. Arrow keys move it, + and - change its size.</source>
        <translation>短片显示的部分。方向键移动，+ 和 - 改变大小。</translation>
    </message>
    <message>
        <source>Waiting for the camera…</source>
        <translation>正在等待摄像头…</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>What the camera sees</source>
        <translation>摄像头画面</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>拍摄</translation>
    </message>
    <message>
        <source>No camera was found.</source>
        <translation>没有找到摄像头。</translation>
    </message>
    <message>
        <source>The camera does not work: %1</source>
        <translation>摄像头无法使用：%1</translation>
    </message>
    <message>
        <source>There is no picture to take.</source>
        <translation>没有可用的图片。</translation>
    </message>
    <message>
        <source>A picture, or a clip to go on from</source>
        <translation>一张图片，或要接续的短片</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>a draft first</source>
        <translation>先出草稿</translation>
    </message>
    <message>
        <source>no draft</source>
        <translation>不出草稿</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%2 时%1</translation>
    </message>
    <message>
        <source>Save diagnostics with prompts and paths</source>
        <translation>保存包含提示词和路径的诊断信息</translation>
    </message>
    <message>
        <source>Rushes ended by a fault the last time. What is known of it stays on this machine.</source>
        <translation>Rushes 上次因故障而退出。相关记录只保存在这台机器上。</translation>
    </message>
    <message>
        <source>Save it for a report</source>
        <translation>保存以便报告</translation>
        <source>Motion</source>
        <translation>运动</translation>
    </message>
    <message>
        <source>How much moves. 1 is as the model was trained; less is calmer, more is livelier and soon tears the picture. No effect on the time.</source>
        <translation>画面动多少。1 是模型训练时的样子；小一些更平静，大一些更活跃，但很快会撕裂画面。不影响时间。</translation>
    </message>
    <message>
        <source>How much moves: 1 as the model was trained, less is calmer.</source>
        <translation>画面动多少：1 与训练时相同，小一些更平静。</translation>
    </message>
    <message>
        <source>motion</source>
        <translation>运动</translation>
    </message>
    <message>
        <source>use the usual one</source>
        <translation>使用常用的</translation>
    </message>
    <message>
        <source>What most clips of this model are better without</source>
        <translation>这个模型的多数片段不要这些会更好</translation>
    </message>
    <message>
        <source>Pieces of text, of which the model reads %1 at once. A longer prompt is read in several parts, each on its own.</source>
        <translation>文本片段，模型一次读 %1 个。更长的提示词分成几部分分别读取。</translation>
    </message>
    <message>
        <source>%1 · %2 parts</source>
        <translation>%1 · %2 部分</translation>
    </message>
    <message>
        <source>All clips</source>
        <translation>所有短片</translation>
    </message>
    <message>
        <source>All clips…</source>
        <translation>所有短片…</translation>
    </message>
    <message>
        <source>Stars</source>
        <translation>星级</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Favourite or not	F</source>
        <translation>切换收藏	F</translation>
    </message>
    <message>
        <source>Tags…	T</source>
        <translation>标签…	T</translation>
    </message>
    <message>
        <source>Copy the files</source>
        <translation>复制文件</translation>
    </message>
    <message>
        <source>Remove from the library (the files stay)	Del</source>
        <translation>从片库中移除（文件保留）	Del</translation>
    </message>
    <message>
        <source>Move the files to the bin	Shift+Del</source>
        <translation>将文件移到回收站	Shift+Del</translation>
    </message>
    <message>
        <source>When it was made</source>
        <translation>制作时间</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Enter shows · 1 to 5 stars · F favourite · T tags · C collection · Del removes</source>
        <translation>Enter 显示 · 1 到 5 星 · F 收藏 · T 标签 · C 收藏集 · Del 移除</translation>
    </message>
    <message>
        <source>Words of the prompt or tags</source>
        <translation>提示词或标签中的词</translation>
    </message>
    <message>
        <source>Any stars</source>
        <translation>任意星级</translation>
    </message>
    <message>
        <source>%1 or more</source>
        <translation>%1 及以上</translation>
    </message>
    <message>
        <source>Any aspect</source>
        <translation>任意画幅</translation>
    </message>
    <message>
        <source>Wide</source>
        <translation>横幅</translation>
    </message>
    <message>
        <source>Tall</source>
        <translation>竖幅</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>方形</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>任意时间</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>最新在前</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>最旧在前</translation>
    </message>
    <message>
        <source>Most stars first</source>
        <translation>星级最高在前</translation>
    </message>
    <message>
        <source>Tags of the chosen clips</source>
        <translation>所选短片的标签</translation>
    </message>
    <message>
        <source>Tags, with commas between them; Enter keeps them</source>
        <translation>标签以逗号分隔；按回车保存</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>How many clips</source>
        <translation>短片数量</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Any tag</source>
        <translation>任意标签</translation>
    </message>
    <message>
        <source>Any model</source>
        <translation>任意模型</translation>
    </message>
    <message>
        <source>%1 of %2 clips</source>
        <translation>%1 / %2 个短片</translation>
    </message>
    <message>
        <source>Your clips appear here.</source>
        <translation>你的短片会出现在这里。</translation>
    </message>
    <message>
        <source>No clip is like that. Esc shows all of them.</source>
        <translation>没有这样的短片。按 Esc 显示全部。</translation>
    </message>
    <message>
        <source>stars</source>
        <translation>星级</translation>
    </message>
    <message>
        <source>No stars</source>
        <translation>无星级</translation>
    </message>
    <message>
        <source>%1 stars</source>
        <translation>%1 星</translation>
    </message>
    <message>
        <source>tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>No tags</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>Tagged: %1</source>
        <translation>标签：%1</translation>
    </message>
    <message>
        <source>files deleted</source>
        <translation>文件已删除</translation>
    </message>
    <message>
        <source>clips removed from the library</source>
        <translation>短片已从片库移除</translation>
    </message>
    <message>
        <source>%1 files are in the bin</source>
        <translation>%1 个文件已移到回收站</translation>
    </message>
    <message>
        <source>%1 clips removed from the library. The files stay.</source>
        <translation>已从片库移除 %1 个短片，文件保留。</translation>
    </message>
    <message>
        <source>Found again: %1</source>
        <translation>已重新找到：%1</translation>
    </message>
    <message>
        <source>%1 clips that were moved are found again</source>
        <translation>重新找到 %1 个被移动的短片</translation>
    </message>
    <message>
        <source>Queue</source>
        <comment>the list</comment>
        <translation>队列</translation>
    </message>
    <message>
        <source>Seed %1</source>
        <translation>种子 %1</translation>
    </message>
    <message>
        <source>%1, dropped</source>
        <translation>%1，已舍弃</translation>
    </message>
    <message>
        <source>%1, kept</source>
        <translation>%1，已保留</translation>
    </message>
    <message>
        <source>Seeds side by side</source>
        <translation>并排比较种子</translation>
    </message>
    <message>
        <source>Takes of this idea</source>
        <translation>这个想法的各个版本</translation>
    </message>
    <message>
        <source>What is drawn now</source>
        <translation>正在绘制的内容</translation>
    </message>
    <message>
        <source>K keeps · D drops · Enter makes the clip</source>
        <translation>K 保留 · D 舍弃 · 回车生成短片</translation>
    </message>
    <message>
        <source>Other seeds</source>
        <translation>换一组种子</translation>
    </message>
    <message>
        <source>Make this clip</source>
        <translation>生成这个短片</translation>
    </message>
    <message>
        <source>A first look: %1 of %2</source>
        <translation>初步预览：%1 / %2</translation>
    </message>
    <message>
        <source>As good as the clips</source>
        <translation>已达到成片质量</translation>
    </message>
    <message>
        <source>Getting better</source>
        <translation>正在变清晰</translation>
    </message>
    <message>
        <source>Nine seeds side by side</source>
        <translation>并排比较九个种子</translation>
    </message>
    <message>
        <source>drop or choose</source>
        <translation>拖入或选择</translation>
    </message>
    <message>
        <source>All clips are made. The computer goes to sleep in %1 s.</source>
        <translation>所有短片已完成。电脑将在 %1 秒后睡眠。</translation>
    </message>
    <message>
        <source>All clips are made. The computer shuts down in %1 s.</source>
        <translation>所有短片已完成。电脑将在 %1 秒后关机。</translation>
    </message>
    <message>
        <source>All clips are made. Your command runs in %1 s.</source>
        <translation>所有短片已完成。您的命令将在 %1 秒后运行。</translation>
    </message>
    <message>
        <source>Stop it</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Only %1 are free where clips go: the queue pauses.</source>
        <translation>短片所在磁盘仅剩 %1：队列已暂停。</translation>
    </message>
    <message>
        <source>When the queue is empty</source>
        <translation>队列清空后</translation>
    </message>
    <message>
        <source>Nothing more</source>
        <translation>不做任何事</translation>
    </message>
    <message>
        <source>Run my command</source>
        <translation>运行我的命令</translation>
    </message>
    <message>
        <source>Sleep, this time</source>
        <translation>睡眠（仅此一次）</translation>
    </message>
    <message>
        <source>Shut down, this time</source>
        <translation>关机（仅此一次）</translation>
    </message>
    <message>
        <source>A minute goes by first, in which it can be stopped.</source>
        <translation>先等待一分钟，期间可以取消。</translation>
    </message>
    <message>
        <source>My command</source>
        <translation>我的命令</translation>
    </message>
    <message>
        <source>For the shell, as you would type it.</source>
        <translation>按在终端中输入的方式填写。</translation>
    </message>
    <message>
        <source>Collection</source>
        <translation>收藏集</translation>
    </message>
    <message>
        <source>Any collection</source>
        <translation>任意收藏集</translation>
    </message>
    <message>
        <source>What to do with the collection</source>
        <translation>对收藏集的操作</translation>
    </message>
    <message>
        <source>Rename or remove this collection</source>
        <translation>重命名或移除此收藏集</translation>
    </message>
    <message>
        <source>Collection for the chosen clips</source>
        <translation>所选片段的收藏集</translation>
    </message>
    <message>
        <source>The name of a collection, a new one too; Enter puts the clips into it</source>
        <translation>收藏集名称，也可以是新的；按 Enter 放入片段</translation>
    </message>
    <message>
        <source>Another name for the collection</source>
        <translation>收藏集的新名称</translation>
    </message>
    <message>
        <source>Another name; Enter keeps it</source>
        <translation>新名称；按 Enter 保存</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Remove the collection (its clips stay)</source>
        <translation>移除收藏集（片段保留）</translation>
    </message>
    <message>
        <source>Put into a collection…	C</source>
        <translation>放入收藏集…	C</translation>
    </message>
    <message>
        <source>Take out of this collection</source>
        <translation>从此收藏集中取出</translation>
    </message>
    <message>
        <source>put into a collection</source>
        <translation>放入收藏集</translation>
    </message>
    <message>
        <source>%1 clips put into %2</source>
        <translation>已将 %1 个片段放入 %2</translation>
    </message>
    <message>
        <source>taken out of a collection</source>
        <translation>从收藏集中取出</translation>
    </message>
    <message>
        <source>%1 clips taken out of %2</source>
        <translation>已从 %2 取出 %1 个片段</translation>
    </message>
    <message>
        <source>collection renamed</source>
        <translation>重命名收藏集</translation>
    </message>
    <message>
        <source>collection removed</source>
        <translation>移除收藏集</translation>
    </message>
    <message>
        <source>Collection %1 removed. Its clips stay.</source>
        <translation>收藏集 %1 已移除，片段保留。</translation>
    </message>
    <message>
        <source>There is a collection named %1 already.</source>
        <translation>已有名为 %1 的收藏集。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请选择其他名称。</translation>
    </message>
    <message>
        <source>This looks like your clip of %1: %2</source>
        <translation>这看起来像您 %1 的片段：%2</translation>
    </message>
    <message>
        <source>Restore its settings</source>
        <translation>恢复其设置</translation>
    </message>
    <message>
        <source>Settings of that clip restored</source>
        <translation>已恢复该片段的设置</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>LoRAs</source>
        <translation>LoRA</translation>
    </message>
    <message>
        <source>Add a LoRA</source>
        <translation>添加 LoRA</translation>
    </message>
    <message>
        <source>Choose a LoRA</source>
        <translation>选择 LoRA</translation>
    </message>
    <message>
        <source>LoRAs (*.safetensors)</source>
        <translation>LoRA (*.safetensors)</translation>
    </message>
    <message>
        <source>Strength of %1</source>
        <translation>%1 的强度</translation>
    </message>
    <message>
        <source>1 as it was trained, less is a hint of it, below 0 the opposite.</source>
        <translation>1 为训练时的强度，更小则更淡，低于 0 则相反。</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>Put into the prompt: %1</source>
        <translation>放入提示词：%1</translation>
    </message>
    <message>
        <source>It was trained with this word: a click puts it into the prompt.</source>
        <translation>它以此词训练：点击即放入提示词。</translation>
    </message>
    <message>
        <source>Small files that give the model a style, a figure or a motion. They must be made for this kind of model. Another file is read before the next clip; a clip takes as long as without.</source>
        <translation>为模型带来某种风格、形象或动作的小文件。必须是为这类模型制作的。更换文件后会在下一个片段之前读取；片段耗时不变。</translation>
    </message>
    <message>
        <source>fast %1</source>
        <translation>快速 %1</translation>
    </message>
    <message>
        <source>balanced %1</source>
        <translation>均衡 %1</translation>
    </message>
    <message>
        <source>quality %1</source>
        <translation>高质量 %1</translation>
    </message>
    <message>
        <source>Steps: %1</source>
        <translation>步数：%1</translation>
    </message>
    <message>
        <source>%1 on the disk</source>
        <translation>磁盘占用 %1</translation>
    </message>
    <message>
        <source>Licence: its files don't say</source>
        <translation>许可证：文件中未注明</translation>
    </message>
    <message>
        <source>Licence: %1</source>
        <translation>许可证：%1</translation>
    </message>
    <message>
        <source>%1 clips, one for each prompt, with the same seed.</source>
        <translation>%1 个片段，每个提示词一个，种子相同。</translation>
    </message>
    <message>
        <source>Let clips fill %1 % of the memory</source>
        <translation>让视频最多占用 %1 % 的内存</translation>
    </message>
    <message>
        <source>Clips may fill %1 % of the memory now</source>
        <translation>视频现在最多可占用 %1 % 的内存</translation>
    </message>
    <message>
        <source>memory budget</source>
        <translation>内存预算</translation>
    </message>
    <message>
        <source>the model does not make it</source>
        <translation>该模型做不到</translation>
    </message>
    <message>
        <source>The model is %1 now</source>
        <translation>模型现在是 %1</translation>
    </message>
    <message>
        <source>Drag the frame or move it with the arrow keys; the wheel, + and - make it smaller or larger.</source>
        <translation>拖动边框或用方向键移动；滚轮、+ 和 - 可缩放边框。</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Clips in the browser…</source>
        <translation>在浏览器中看短片…</translation>
    </message>
    <message>
        <source>Clips in the browser</source>
        <translation>在浏览器中看短片</translation>
    </message>
    <message>
        <source>Browsers and programs of this machine watch clips while they are made, and ask for new ones.</source>
        <translation>本机的浏览器和程序可以观看正在生成的短片，也可以提交新的短片。</translation>
    </message>
    <message>
        <source>Another window makes the clips of this queue.</source>
        <translation>此队列的短片由另一个窗口生成。</translation>
    </message>
    <message>
        <source>Switch it on there.</source>
        <translation>请在那个窗口中打开。</translation>
    </message>
    <message>
        <source>Show this studio's clips in the browser</source>
        <translation>在浏览器中显示此工作室的短片</translation>
    </message>
    <message>
        <source>Clips are seen while they are made, and others can be asked for; they come into this queue. Only programs of this machine reach it, and only by the link, whose token is new each time. For a phone, “rushes serve” takes a certificate (docs/serve.md).</source>
        <translation>可以观看正在生成的短片，也可以提交新的短片，它们会进入此队列。只有本机的程序能访问，而且必须使用此链接，其中的令牌每次都是新的。如需在手机上使用，请用“rushes serve”并提供证书（见 docs/serve.md）。</translation>
    </message>
    <message>
        <source>Link to the page</source>
        <translation>页面链接</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Copy the link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>It is being opened.</source>
        <translation>正在打开。</translation>
    </message>
    <message>
        <source>%1 Another port may be free.</source>
        <translation>%1 其他端口可能可用。</translation>
    </message>
    <message>
        <source>A program</source>
        <translation>一个程序</translation>
    </message>
    <message>
        <source>watches nothing</source>
        <translation>没有在观看</translation>
    </message>
    <message>
        <source>watches 1 clip</source>
        <translation>正在观看 1 个短片</translation>
    </message>
    <message>
        <source>watches %1 clips</source>
        <translation>正在观看 %1 个短片</translation>
    </message>
    <message>
        <source>The slowest clips take %1 s from the wish to the file, more than %2 s.</source>
        <translation>最慢的短片从提交到成片需要 %1 秒，超过 %2 秒。</translation>
    </message>
    <message>
        <source>The device is busy for %1 % of the time while clips are made, less than %2 %.</source>
        <translation>生成短片时设备的占用率为 %1 %，低于 %2 %。</translation>
    </message>
    <message>
        <source>The device is busy for %1 % of the time, more than %2 %: it has no room for more.</source>
        <translation>设备的占用率为 %1 %，超过 %2 %：已没有余量。</translation>
    </message>
    <message>
        <source>The files keep too little of the frames: SSIM %1, less than %2.</source>
        <translation>文件保留的画面细节太少：SSIM %1，低于 %2。</translation>
    </message>
    <message>
        <source>%1 clips wait, more than %2.</source>
        <translation>有 %1 个短片在等待，超过 %2 个。</translation>
    </message>
    <message>
        <source>Nobody is connected.</source>
        <translation>没有人连接。</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>还有 %1 个</translation>
    </message>
    <message>
        <source>In the browser</source>
        <translation>浏览器</translation>
    </message>
    <message>
        <source>In the browser · %1 connected</source>
        <translation>浏览器 · %1 个连接</translation>
    </message>
    <message>
        <source>In the browser · not well</source>
        <translation>浏览器 · 状态异常</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Any free one</source>
        <translation>任意空闲端口</translation>
    </message>
    <message>
        <source>Measured at %1x%2, the size of the smaller clip</source>
        <translation>按 %1x%2（较小片段的尺寸）测量</translation>
    </message>
    <message>
        <source>Price of an hour</source>
        <translation>每小时价格</translation>
    </message>
    <message>
        <source>Of this machine, in whatever currency: /metrics tells what each clip costs by it.</source>
        <translation>本机每小时的价格，货币不限：/metrics 据此给出每个短片的成本。</translation>
        <source>Loop it: fade the end into the start</source>
        <translation>做成循环：结尾淡入开头</translation>
    </message>
    <message>
        <source>Loop it: forwards and backwards</source>
        <translation>做成循环：正放再倒放</translation>
    </message>
    <message>
        <source>Begin the next clip with its last frame</source>
        <translation>用它的最后一帧开始下一个片段</translation>
    </message>
    <message>
        <source>Join %1 clips, the oldest first</source>
        <translation>连接 %1 个片段，最早的在前</translation>
    </message>
    <message>
        <source>Make a clip of the marked part</source>
        <translation>将标记的部分做成片段</translation>
    </message>
    <message>
        <source>Make a loop: fade the end into the start</source>
        <translation>制作循环：结尾淡入开头</translation>
    </message>
    <message>
        <source>Make a loop: forwards and backwards</source>
        <translation>制作循环：正放再倒放</translation>
    </message>
    <message>
        <source>Join the clips that are chosen in the strip</source>
        <translation>连接胶片条中选中的片段</translation>
    </message>
    <message>
        <source>Begin the next clip with the last frame</source>
        <translation>用最后一帧开始下一个片段</translation>
    </message>
    <message>
        <source>Mark a part of a clip first: I says where it begins, O where it ends.</source>
        <translation>请先标记片段的一部分：按 I 设置起点，按 O 设置终点。</translation>
    </message>
    <message>
        <source>There is no finished clip on the stage.</source>
        <translation>舞台上没有完成的片段。</translation>
    </message>
    <message>
        <source>Choose two clips or more: Ctrl and a click adds one.</source>
        <translation>请选择两个或更多片段：按住 Ctrl 单击可添加一个。</translation>
    </message>
    <message>
        <source>This model starts from no picture: choose another model.</source>
        <translation>此模型不能从图片开始：请选择其他模型。</translation>
    </message>
    <message>
        <source>The next clip begins with the last frame of %1</source>
        <translation>下一个片段将从 %1 的最后一帧开始</translation>
    </message>
    <message>
        <source>Nothing was made. The clips are as they were.</source>
        <translation>没有生成任何内容。片段保持原样。</translation>
    </message>
    <message>
        <source>Making a clip of %1: %2 %</source>
        <translation>正在用 %1 制作片段：%2 %</translation>
    </message>
    <message>
        <source>Made %1. %2 clips of another size were cut to the first one's.</source>
        <translation>已制作 %1。%2 个尺寸不同的片段已裁剪为第一个的尺寸。</translation>
    </message>
    <message>
        <source>Made %1</source>
        <translation>已制作 %1</translation>
    </message>
    <message>
        <source>Made of</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>%1, frames %2 to %3</source>
        <translation>%1，第 %2 至 %3 帧</translation>
    </message>
    <message>
        <source>Pause now and free the memory</source>
        <translation>立即暂停并释放内存</translation>
    </message>
    <message>
        <source>The memory is free for other programs. What was begun goes on from its last step.</source>
        <translation>内存已释放给其他程序。已开始的任务会从最后一步继续。</translation>
    </message>
    <message>
        <source>After step %1: %2</source>
        <translation>第 %1 步之后：%2</translation>
    </message>
    <message>
        <source>guidance %1</source>
        <translation>引导强度 %1</translation>
    </message>
    <message>
        <source>changes at a step</source>
        <translation>某一步起的更改</translation>
    </message>
    <message>
        <source>Another way</source>
        <translation>另一条路</translation>
    </message>
    <message>
        <source>Steps that stay</source>
        <translation>保留的步数</translation>
    </message>
    <message>
        <source> of %1 steps</source>
        <translation> / 共 %1 步</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Go another way from this step</source>
        <translation>从这一步走另一条路</translation>
    </message>
    <message>
        <source>Change the prompt or the guidance first: the other way begins with them.</source>
        <translation>请先更改提示词或引导强度：另一条路从它们开始。</translation>
    </message>
    <message>
        <source>This clip was made in one step: there is no other way on it.</source>
        <translation>该片段只用一步生成：无法中途另走一条路。</translation>
    </message>
    <message>
        <source>The clip is the same up to a step, and then: %1</source>
        <translation>片段在某一步之前保持不变，之后：%1</translation>
    </message>
    <message>
        <source>The later the step, the more stays as it was.</source>
        <translation>步数越靠后，保留的内容越多。</translation>
    </message>
    <message>
        <source>Still first…</source>
        <translation>先出静帧…</translation>
    </message>
    <message>
        <source>Draw stills of the prompt, and begin with one</source>
        <translation>按提示词绘制静帧，并从其中一张开始</translation>
    </message>
    <message>
        <source>Draws a few stills of the prompt within seconds. The clip begins with the one that you choose.</source>
        <translation>几秒内按提示词绘制几张静帧，片段将从你选中的那张开始。</translation>
    </message>
    <message>
        <source>Stills to begin with</source>
        <translation>可作开头的静帧</translation>
    </message>
    <message>
        <source>K keeps · D drops · Enter begins the clip with it</source>
        <translation>K 保留 · D 丢弃 · 回车用它作为开头</translation>
    </message>
    <message>
        <source>Begin with this one</source>
        <translation>用这张作为开头</translation>
    </message>
    <message>
        <source>All are drawn</source>
        <translation>全部已绘制</translation>
    </message>
    <message>
        <source>Type a prompt first: the stills are of it.</source>
        <translation>请先输入提示词：静帧按它绘制。</translation>
    </message>
    <message>
        <source>The clip begins with this still. Generate makes it move.</source>
        <translation>片段将从这张静帧开始。点击生成让它动起来。</translation>
    </message>
    <message>
        <source>The still is in the library: this model does not begin with a picture.</source>
        <translation>静帧已存入媒体库：此模型不能从图片开始。</translation>
    </message>
    <message>
        <source>Goes on from</source>
        <translation>接续自</translation>
    </message>
    <message>
        <source>%1: “%2”, %3, seed %4</source>
        <translation>%1：“%2”，%3，种子 %4</translation>
    </message>
    <message>
        <source>still</source>
        <translation>静帧</translation>
    </message>
    <message>
        <source>a still</source>
        <translation>一张静帧</translation>
    </message>
    <message>
        <source>Add one between</source>
        <translation>在中间添加</translation>
    </message>
    <message>
        <source>Add a picture between first and last</source>
        <translation>在首图与尾图之间添加图片</translation>
    </message>
    <message>
        <source>A picture that the clip comes by. It stands in the middle of the widest gap; its menu moves it.</source>
        <translation>片段途经的图片。它位于最大间隔的中间，可用其菜单移动。</translation>
    </message>
    <message>
        <source>At %1 s</source>
        <translation>%1 秒处</translation>
    </message>
    <message>
        <source>Move to another time…</source>
        <translation>移到其他时间…</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>移动图片</translation>
    </message>
    <message>
        <source>Seconds from the begin of the clip</source>
        <translation>距片段开头的秒数</translation>
    </message>
    <message>
        <source>Another picture stands there already.</source>
        <translation>那里已有另一张图片。</translation>
        <source>JPEG · a picture a frame, opens everywhere</source>
        <translation>JPEG · 每帧一张图片，随处可打开</translation>
    </message>
    <message>
        <source>AVIF · a picture a frame, small</source>
        <translation>AVIF · 每帧一张图片，体积小</translation>
    </message>
    <message>
        <source>%1 from %2 s</source>
        <translation>%1 自 %2 秒起</translation>
    </message>
    <message>
        <source>%1 from step %2</source>
        <translation>%1 自第 %2 步起</translation>
    </message>
    <message>
        <source>then</source>
        <translation>随后</translation>
    </message>
    <message>
        <source>Values side by side…</source>
        <translation>并排比较数值…</translation>
    </message>
    <message>
        <source>Values side by side</source>
        <translation>并排比较数值</translation>
    </message>
    <message>
        <source>A quick look at each: one value after the other, or every pair of two.</source>
        <translation>快速查看每一个：逐个数值，或两组数值的所有组合。</translation>
    </message>
    <message>
        <source>Downwards</source>
        <translation>纵向</translation>
    </message>
    <message>
        <source>Across</source>
        <translation>横向</translation>
    </message>
    <message>
        <source>What will be drawn</source>
        <translation>将绘制的内容</translation>
    </message>
    <message>
        <source>Draw them</source>
        <translation>绘制</translation>
    </message>
    <message>
        <source>%1: what changes</source>
        <translation>%1：改变什么</translation>
    </message>
    <message>
        <source>%1: its values, with commas</source>
        <translation>%1：数值，用逗号分隔</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Words and settings that you keep and use again</source>
        <translation>保存下来并反复使用的词句和设置</translation>
    </message>
    <message>
        <source>Keep as a preset</source>
        <translation>保存为预设</translation>
    </message>
    <message>
        <source>Words for the prompt</source>
        <translation>用于提示词的词句</translation>
    </message>
    <message>
        <source>{prompt}, watercolour, soft light</source>
        <translation>{prompt}，水彩，柔光</translation>
    </message>
    <message>
        <source>{prompt} stands for what you type; without it the words come behind.</source>
        <translation>{prompt} 代表您输入的内容；没有它时，词句加在后面。</translation>
    </message>
    <message>
        <source>Of the settings</source>
        <translation>保存哪些设置</translation>
    </message>
    <message>
        <source>negative prompt</source>
        <translation>负面提示词</translation>
    </message>
    <message>
        <source>size and length</source>
        <translation>尺寸和时长</translation>
    </message>
    <message>
        <source>steps, guidance and scheduler</source>
        <translation>步数、引导强度和调度器</translation>
    </message>
    <message>
        <source>What will be kept</source>
        <translation>将保存的内容</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>In place of the preset of that name.</source>
        <translation>替换同名预设。</translation>
    </message>
    <message>
        <source>None kept yet</source>
        <translation>还没有保存的预设</translation>
    </message>
    <message>
        <source>Keep these settings as a preset…</source>
        <translation>将这些设置保存为预设…</translation>
    </message>
    <message>
        <source>Open the folder of presets</source>
        <translation>打开预设文件夹</translation>
    </message>
    <message>
        <source>Without the words of “%1”</source>
        <translation>已去掉“%1”的词句</translation>
    </message>
    <message>
        <source>Preset “%1” is set</source>
        <translation>已应用预设“%1”</translation>
    </message>
    <message>
        <source>“%1” is kept: choose it under “presets” above the prompt</source>
        <translation>“%1”已保存：可在提示词上方的“预设”中选择</translation>
    </message>
    <message>
        <source>preset removed</source>
        <translation>已移除预设</translation>
    </message>
    <message>
        <source>“%1” is removed</source>
        <translation>已移除“%1”</translation>
    </message>
    <message>
        <source>Choose a preset</source>
        <translation>选择预设</translation>
    </message>
    <message>
        <source>A first look at these settings</source>
        <translation>当前设置的初步预览</translation>
    </message>
    <message>
        <source>A first look appears here when you stop writing.</source>
        <translation>停止输入后，这里会出现初步预览。</translation>
    </message>
    <message>
        <source>A first look is drawn…</source>
        <translation>正在绘制初步预览…</translation>
    </message>
    <message>
        <source>A first look. Generate goes on from it.</source>
        <translation>初步预览。生成将在此基础上继续。</translation>
    </message>
    <message>
        <source>A look while I write</source>
        <translation>书写时预览</translation>
    </message>
    <message>
        <source>While nothing is computed, a first look at the settings is drawn above the Generate button.</source>
        <translation>空闲时，在生成按钮上方绘制当前设置的初步预览。</translation>
    </message>
    <message>
        <source>The next first look waits for the clip.</source>
        <translation>下一次初步预览将等待当前片段完成。</translation>
        <source>Model of the draft</source>
        <translation>草稿的模型</translation>
    </message>
    <message>
        <source>A smaller or quicker model shows sooner what the clip may become.</source>
        <translation>更小或更快的模型能更早展示短片可能的样子。</translation>
    </message>
    <message>
        <source>by the clip&apos;s own model</source>
        <translation>由短片自己的模型生成</translation>
    </message>
    <message>
        <source>by %1</source>
        <translation>由 %1 生成</translation>
    </message>
    <message>
        <source>first a draft by %1</source>
        <translation>先由 %1 生成草稿</translation>
    </message>
    <message>
        <source>draft by</source>
        <translation>草稿模型</translation>
    </message>
    <message>
        <source>fp32 gives the reference&apos;s picture; bf16 is faster and smaller on a graphics card, and what is chosen there automatically. fp8 keeps the model&apos;s weights in half of bf16&apos;s memory, and changes the picture a little.</source>
        <translation>fp32 给出参考实现的画面；bf16 在显卡上更快、更省显存，并在那里自动选用。fp8 让模型权重只占 bf16 一半的内存，画面会略有变化。</translation>
    </message>
    <message>
        <source>How exact the numbers are. bf16 takes half the memory and is faster on a graphics card; fp32 is the reference. fp8 halves the model&apos;s weights once more and changes the picture a little. Automatic takes what is best on this device, and never fp8.</source>
        <translation>数值的精确程度。bf16 只占一半内存，在显卡上也更快；fp32 是参考。fp8 让模型权重再减半，画面会略有变化。自动会选用最适合本设备的格式，但从不选 fp8。</translation>
    </message>
    <message>
        <source>Keep the weights in fp8</source>
        <translation>将权重保存为 fp8</translation>
    </message>
    <message>
        <source>The weights are fp8 now</source>
        <translation>权重现在为 fp8</translation>
    </message>
</context>
</TS>

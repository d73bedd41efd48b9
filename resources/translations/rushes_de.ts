<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Rushes</name>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>Quick draft first</source>
        <translation>Erst ein schneller Entwurf</translation>
    </message>
    <message>
        <source>guidance, scheduler, draft</source>
        <translation>Führung, Scheduler, Entwurf</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>Scheduler</source>
        <translation>Scheduler</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>A short, small clip first, where the model gains from one.</source>
        <translation>Zuerst ein kurzer, kleiner Clip, wo das dem Modell hilft.</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>How strictly the picture follows the prompt. Above 1 a step costs twice as much.</source>
        <translation>Wie streng das Bild dem Prompt folgt. Über 1 kostet ein Schritt doppelt so viel.</translation>
    </message>
    <message>
        <source>%1 has its guidance built in.</source>
        <translation>Bei %1 ist die Führung eingebaut.</translation>
    </message>
    <message>
        <source>The solver that turns noise into a picture. Hardly any effect on the time.</source>
        <translation>Der Löser, der aus Rauschen ein Bild macht. Kaum Einfluss auf die Zeit.</translation>
    </message>
    <message>
        <source>%1 was not trained on %2 pictures. Export can crop or pad to that shape.</source>
        <translation>%1 wurde nicht mit Bildern in %2 trainiert. Der Export kann auf diese Form beschneiden oder auffüllen.</translation>
    </message>
    <message>
        <source>%1 draws at most %2 pixels on the short side. Export can enlarge the clip.</source>
        <translation>%1 zeichnet auf der kurzen Seite höchstens %2 Pixel. Der Export kann den Clip vergrößern.</translation>
    </message>
    <message>
        <source>%1 has no such choice. Set the steps below.</source>
        <translation>%1 hat diese Wahl nicht. Stelle unten die Schritte ein.</translation>
    </message>
    <message>
        <source>%1 s · %2 frames · %3 fps</source>
        <translation>%1 s · %2 Bilder · %3 B/s</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>under 1 s</source>
        <translation>unter 1 s</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>etwa %1</translation>
    </message>
    <message>
        <source>Example: %1</source>
        <translation>Beispiel: %1</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Erzeugen</translation>
    </message>
    <message>
        <source>Queue (paused)</source>
        <translation>Einreihen (pausiert)</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Einreihen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Add a model folder…</source>
        <translation>Modellordner hinzufügen…</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>Kein Modell</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 Schritt</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>Model: %1, %2</source>
        <translation>Modell: %1, %2</translation>
    </message>
    <message>
        <source>add</source>
        <translation>dazu</translation>
    </message>
    <message>
        <source>Duration in seconds</source>
        <translation>Dauer in Sekunden</translation>
    </message>
    <message>
        <source>Number of steps</source>
        <translation>Zahl der Schritte</translation>
    </message>
    <message>
        <source>Settings of the next clip</source>
        <translation>Einstellungen des nächsten Clips</translation>
    </message>
    <message>
        <source>history</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Earlier prompts: Alt+Up and Alt+Down</source>
        <translation>Frühere Prompts: Alt+Auf und Alt+Ab</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>What is seen and what happens. A longer text takes hardly more time.</source>
        <translation>Was zu sehen ist und was geschieht. Längerer Text dauert kaum länger.</translation>
    </message>
    <message>
        <source>What happens in the clip?</source>
        <translation>Was geschieht im Clip?</translation>
    </message>
    <message>
        <source>Negative</source>
        <translation>Negativ</translation>
    </message>
    <message>
        <source>Negative prompt</source>
        <translation>Negativer Prompt</translation>
    </message>
    <message>
        <source>What should not be in it?</source>
        <translation>Was soll nicht darin sein?</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Speed or quality</source>
        <translation>Tempo oder Qualität</translation>
    </message>
    <message>
        <source>How many steps the model takes: more settle details, and each takes its time.</source>
        <translation>Wie viele Schritte das Modell macht: Mehr klären Einzelheiten, und jeder braucht seine Zeit.</translation>
    </message>
    <message>
        <source>Aspect</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Twice as long takes twice the time, or more where the model sees the whole clip.</source>
        <translation>Doppelt so lang dauert doppelt so lang, oder länger, wo das Modell den ganzen Clip sieht.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>%1 · fixed</source>
        <translation>%1 · fest</translation>
    </message>
    <message>
        <source>%1 was distilled to exactly this many steps.</source>
        <translation>%1 wurde auf genau so viele Schritte destilliert.</translation>
    </message>
    <message>
        <source>More steps take longer and settle details.</source>
        <translation>Mehr Schritte dauern länger und klären Einzelheiten.</translation>
    </message>
    <message>
        <source>Demonstration model.</source>
        <translation>Vorführmodell.</translation>
    </message>
    <message>
        <source>hide</source>
        <translation>verbergen</translation>
    </message>
    <message>
        <source>show (in use)</source>
        <translation>zeigen (gilt)</translation>
    </message>
    <message>
        <source>%1 characters too long</source>
        <translation>%1 Zeichen zu lang</translation>
    </message>
    <message>
        <source>Prompts that take over on the way</source>
        <translation>Prompts, die unterwegs übernehmen</translation>
    </message>
    <message>
        <source>remove</source>
        <translation>entfernen</translation>
    </message>
    <message>
        <source>Remove the prompts that take over on the way</source>
        <translation>Prompts entfernen, die unterwegs übernehmen</translation>
    </message>
    <message>
        <source>From %1 s: %2</source>
        <translation>Ab %1 s: %2</translation>
    </message>
    <message>
        <source>prompts that take over</source>
        <translation>Prompts, die übernehmen</translation>
    </message>
    <message>
        <source>No earlier prompts yet</source>
        <translation>Noch keine früheren Prompts</translation>
    </message>
    <message>
        <source>Not known to this model: %1</source>
        <translation>Diesem Modell unbekannt: %1</translation>
    </message>
    <message>
        <source>New seed each time</source>
        <translation>Jedes Mal neuer Seed</translation>
    </message>
    <message>
        <source>The number that the noise begins with: the same settings and seed give the same clip. No effect on the time.</source>
        <translation>Die Zahl, mit der das Rauschen beginnt: Gleiche Einstellungen und gleicher Seed geben den gleichen Clip. Kein Einfluss auf die Zeit.</translation>
    </message>
    <message>
        <source>Another random seed</source>
        <translation>Anderer zufälliger Seed</translation>
    </message>
    <message>
        <source>Each clip is made with the seed that stands here; then another one takes its place.</source>
        <translation>Jeder Clip entsteht mit dem Seed, der hier steht; dann tritt ein anderer an seine Stelle.</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Auflösung</translation>
    </message>
    <message>
        <source>%1 × %2 pixels</source>
        <translation>%1 × %2 Pixel</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>Nichts zu tun</translation>
    </message>
    <message>
        <source>Settings of this clip restored</source>
        <translation>Einstellungen dieses Clips übernommen</translation>
    </message>
    <message>
        <source>Find the file…</source>
        <translation>Datei suchen…</translation>
    </message>
    <message>
        <source>Make it again</source>
        <translation>Noch einmal erzeugen</translation>
    </message>
    <message>
        <source>Remove from the strip</source>
        <translation>Aus dem Streifen entfernen</translation>
    </message>
    <message>
        <source>Settings of %1 restored</source>
        <translation>Einstellungen von %1 übernommen</translation>
    </message>
    <message>
        <source>clip removed from the strip</source>
        <translation>Clip aus dem Streifen entfernt</translation>
    </message>
    <message>
        <source>Removed from the strip. The file stays.</source>
        <translation>Aus dem Streifen entfernt. Die Datei bleibt.</translation>
    </message>
    <message>
        <source>file deleted</source>
        <translation>Datei gelöscht</translation>
    </message>
    <message>
        <source>%1 is in the bin</source>
        <translation>%1 liegt im Papierkorb</translation>
    </message>
    <message>
        <source>favourite</source>
        <translation>Favorit</translation>
    </message>
    <message>
        <source>no favourite any more</source>
        <translation>kein Favorit mehr</translation>
    </message>
    <message>
        <source>%1 × %2 · %3 fps</source>
        <translation>%1 × %2 · %3 B/s</translation>
    </message>
    <message>
        <source>no prompt</source>
        <translation>kein Prompt</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negativ</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>scheduler</source>
        <translation>Scheduler</translation>
    </message>
    <message>
        <source>SSIM %1  ·  flicker %2 | %3</source>
        <translation>SSIM %1  ·  Flackern %2 | %3</translation>
    </message>
    <message>
        <source>comparing</source>
        <translation>wird verglichen</translation>
    </message>
    <message>
        <source>comparing, %1 %</source>
        <translation>wird verglichen, %1 %</translation>
    </message>
    <message>
        <source>same settings</source>
        <translation>gleiche Einstellungen</translation>
    </message>
    <message>
        <source>No engine</source>
        <translation>Kein Rechenwerk</translation>
    </message>
    <message>
        <source>Starting the engine</source>
        <translation>Rechenwerk startet</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>%1 % · %2</source>
        <translation>%1 % · %2</translation>
    </message>
    <message>
        <source>File copied</source>
        <translation>Datei kopiert</translation>
    </message>
    <message>
        <source>There is no prompt: the model decides what is seen.</source>
        <translation>Ohne Prompt entscheidet das Modell, was zu sehen ist.</translation>
    </message>
    <message>
        <source>Another window of Rushes makes the clips: yours waits in its queue.</source>
        <translation>Ein anderes Fenster von Rushes erzeugt die Clips: Deiner wartet in seiner Warteschlange.</translation>
    </message>
    <message>
        <source>%1 variations are on their way</source>
        <translation>%1 Varianten sind unterwegs</translation>
    </message>
    <message>
        <source>Stop this clip? What exists is kept. Esc again stops.</source>
        <translation>Diesen Clip stoppen? Vorhandenes bleibt. Noch einmal Esc stoppt.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>%1 It is tried again.</source>
        <translation>%1 Es wird noch einmal versucht.</translation>
    </message>
    <message>
        <source>Stopped before the first frame: there is no clip.</source>
        <translation>Vor dem ersten Bild gestoppt: Es gibt keinen Clip.</translation>
    </message>
    <message>
        <source>settings restored</source>
        <translation>Einstellungen übernommen</translation>
    </message>
    <message>
        <source>Where is this clip now?</source>
        <translation>Wo ist dieser Clip jetzt?</translation>
    </message>
    <message>
        <source>Folder for new clips</source>
        <translation>Ordner für neue Clips</translation>
    </message>
    <message>
        <source>New clips go to %1</source>
        <translation>Neue Clips kommen nach %1</translation>
    </message>
    <message>
        <source>Recipe copied</source>
        <translation>Rezept kopiert</translation>
    </message>
    <message>
        <source>Comparing needs two clips: make another one.</source>
        <translation>Zum Vergleichen braucht es zwei Clips: Erzeuge noch einen.</translation>
    </message>
    <message>
        <source>The clip is ready</source>
        <translation>Der Clip ist fertig</translation>
    </message>
    <message>
        <source>The clip could not be made</source>
        <translation>Der Clip konnte nicht erzeugt werden</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>%1 exportiert</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>Anderen Ordner wählen…</translation>
    </message>
    <message>
        <source>Model %1 · seed %2 · %3 × %4 · %5 frames</source>
        <translation>Modell %1 · Seed %2 · %3 × %4 · %5 Bilder</translation>
    </message>
    <message>
        <source> · about %1</source>
        <translation> · etwa %1</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>speed or quality</source>
        <translation>Tempo oder Qualität</translation>
    </message>
    <message>
        <source>Frame copied</source>
        <translation>Bild kopiert</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>Add a model folder</source>
        <translation>Modellordner hinzufügen</translation>
    </message>
    <message>
        <source>Looking into %1</source>
        <translation>%1 wird untersucht</translation>
    </message>
    <message>
        <source>%1 is added and chosen</source>
        <translation>%1 ist hinzugefügt und gewählt</translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source>This is a demonstration model. Larger ones are folders in the Hugging Face diffusers layout; %1 takes %2 of memory, and this machine has %3.</source>
        <translation>Dies ist ein Vorführmodell. Größere sind Ordner im diffusers-Format von Hugging Face; %1 braucht %2 Speicher, dieser Rechner hat %3.</translation>
    </message>
    <message>
        <source>This is a demonstration model. A larger one is a folder in the Hugging Face diffusers layout.</source>
        <translation>Dies ist ein Vorführmodell. Ein größeres ist ein Ordner im diffusers-Format von Hugging Face.</translation>
    </message>
    <message>
        <source>Larger models…</source>
        <translation>Größere Modelle…</translation>
    </message>
    <message>
        <source>About larger models</source>
        <translation>Über größere Modelle</translation>
    </message>
    <message>
        <source>The folder with model_index.json in it; nothing is copied</source>
        <translation>Der Ordner mit model_index.json darin; nichts wird kopiert</translation>
    </message>
    <message>
        <source>Don&apos;t show this again</source>
        <translation>Nicht mehr zeigen</translation>
    </message>
    <message>
        <source>not possible</source>
        <translation>nicht möglich</translation>
    </message>
    <message>
        <source>removed from the queue</source>
        <translation>aus der Warteschlange entfernt</translation>
    </message>
    <message>
        <source>queue cleared</source>
        <translation>Warteschlange geleert</translation>
    </message>
    <message>
        <source>Removed from the queue</source>
        <translation>Aus der Warteschlange entfernt</translation>
    </message>
    <message>
        <source>%1 clips removed from the queue</source>
        <translation>%1 Clips aus der Warteschlange entfernt</translation>
    </message>
    <message>
        <source>Resume queue</source>
        <translation>Warteschlange fortsetzen</translation>
    </message>
    <message>
        <source>A clip that was being made when Rushes was ended is saved.</source>
        <translation>Ein Clip, der beim Ende von Rushes entstand, ist gesichert.</translation>
    </message>
    <message>
        <source>%1 clips that were being made when Rushes was ended are saved.</source>
        <translation>%1 Clips, die beim Ende von Rushes entstanden, sind gesichert.</translation>
    </message>
    <message>
        <source>The queue is paused: the clip waits.</source>
        <translation>Die Warteschlange pausiert: Der Clip wartet.</translation>
    </message>
    <message>
        <source>The queue is paused: %1 clips wait.</source>
        <translation>Die Warteschlange pausiert: %1 Clips warten.</translation>
    </message>
    <message>
        <source>Offline: nothing leaves this machine</source>
        <translation>Offline: Nichts verlässt diesen Rechner</translation>
    </message>
    <message>
        <source>%1 disk free</source>
        <translation>%1 frei auf der Platte</translation>
    </message>
    <message>
        <source>%1 memory used</source>
        <translation>%1 Speicher belegt</translation>
    </message>
    <message>
        <source>1 clip</source>
        <translation>1 Clip</translation>
    </message>
    <message>
        <source>%1 clips</source>
        <translation>%1 Clips</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undone: %1</source>
        <translation>Rückgängig: %1</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Done again: %1</source>
        <translation>Wiederholt: %1</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export %1 files</source>
        <translation>%1 Dateien exportieren</translation>
    </message>
    <message>
        <source>Finishing the file…</source>
        <translation>Datei wird fertiggestellt…</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was written.</source>
        <translation>Abgebrochen. Nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>Cancelled. %1 files are complete.</source>
        <translation>Abgebrochen. %1 Dateien sind vollständig.</translation>
    </message>
    <message>
        <source>Give the file a name.</source>
        <translation>Gib der Datei einen Namen.</translation>
    </message>
    <message>
        <source>File %1 of %2</source>
        <translation>Datei %1 von %2</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>Written: %1 files</source>
        <translation>Geschrieben: %1 Dateien</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>Blend frames</source>
        <translation>Bilder mischen</translation>
    </message>
    <message>
        <source>Recipe inside the file</source>
        <translation>Rezept in der Datei</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>Beschneiden</translation>
    </message>
    <message>
        <source>Fill the shape and cut what is over</source>
        <translation>Die Form füllen und Überstehendes abschneiden</translation>
    </message>
    <message>
        <source>Pad</source>
        <translation>Auffüllen</translation>
    </message>
    <message>
        <source>The whole picture on black</source>
        <translation>Das ganze Bild auf Schwarz</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>Unschärfe</translation>
    </message>
    <message>
        <source>The whole picture on a blurred copy of itself</source>
        <translation>Das ganze Bild auf einer unscharfen Kopie seiner selbst</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Beste</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>Klein</translation>
    </message>
    <message>
        <source>Dropped back on the window, the file restores every setting. Without it the file says nothing about its making.</source>
        <translation>Zurück aufs Fenster gezogen, stellt die Datei alle Einstellungen wieder her. Ohne es sagt sie nichts über ihre Entstehung.</translation>
    </message>
    <message>
        <source>File name</source>
        <translation>Dateiname</translation>
    </message>
    <message>
        <source>Also as</source>
        <translation>Auch als</translation>
    </message>
    <message>
        <source>Frames a second</source>
        <translation>Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>change folder</source>
        <translation>Ordner ändern</translation>
    </message>
    <message>
        <source>Folder for the export</source>
        <translation>Ordner für den Export</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>Eigene</translation>
    </message>
    <message>
        <source>The clip&apos;s own frame rate, %1</source>
        <translation>Die eigene Bildrate des Clips, %1</translation>
    </message>
    <message>
        <source>Mixes neighbouring frames where the rates differ; otherwise frames are repeated.</source>
        <translation>Mischt Nachbarbilder, wo die Raten verschieden sind; sonst werden Bilder wiederholt.</translation>
    </message>
    <message>
        <source>Also as %1</source>
        <translation>Auch als %1</translation>
    </message>
    <message>
        <source>%1 × %2, as a file of its own</source>
        <translation>%1 × %2, als eigene Datei</translation>
    </message>
    <message>
        <source>This format has one quality.</source>
        <translation>Dieses Format hat nur eine Qualität.</translation>
    </message>
    <message>
        <source>%1 × %2 · %3 s · %4 fps · about %5</source>
        <translation>%1 × %2 · %3 s · %4 B/s · etwa %5</translation>
    </message>
    <message>
        <source>Whole clip, %1 s. Take the marked part</source>
        <translation>Ganzer Clip, %1 s. Nur den markierten Teil nehmen</translation>
    </message>
    <message>
        <source>Marked part, %1 s of %2 s. Take the whole clip</source>
        <translation>Markierter Teil, %1 s von %2 s. Den ganzen Clip nehmen</translation>
    </message>
    <message>
        <source>in %1</source>
        <translation>in %1</translation>
    </message>
    <message>
        <source>Preview of the exported picture</source>
        <translation>Vorschau des exportierten Bildes</translation>
    </message>
    <message>
        <source>MP4 · H.264, plays everywhere</source>
        <translation>MP4 · H.264, läuft überall</translation>
    </message>
    <message>
        <source>GIF · loops, 256 colours</source>
        <translation>GIF · Schleife, 256 Farben</translation>
    </message>
    <message>
        <source>WebP · loops, small</source>
        <translation>WebP · Schleife, klein</translation>
    </message>
    <message>
        <source>PNG sequence · lossless, a folder</source>
        <translation>PNG-Folge · verlustfrei, ein Ordner</translation>
    </message>
    <message>
        <source>MKV · FFV1, lossless</source>
        <translation>MKV · FFV1, verlustfrei</translation>
    </message>
    <message>
        <source>%1 could not be moved to the bin.</source>
        <translation>%1 konnte nicht in den Papierkorb verschoben werden.</translation>
    </message>
    <message>
        <source>The file stays; the clip is out of the strip.</source>
        <translation>Die Datei bleibt; der Clip ist nicht mehr im Streifen.</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>file is gone</source>
        <translation>Datei fehlt</translation>
    </message>
    <message>
        <source>stopped %1</source>
        <translation>nach %1 gestoppt</translation>
    </message>
    <message>
        <source>Clips made so far</source>
        <translation>Bisherige Clips</translation>
    </message>
    <message>
        <source>Show and restore settings</source>
        <translation>Zeigen und Einstellungen übernehmen</translation>
    </message>
    <message>
        <source>Compare with the clip on the stage</source>
        <translation>Mit dem Clip auf der Bühne vergleichen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Make again</source>
        <translation>Noch einmal erzeugen</translation>
    </message>
    <message>
        <source>Four variations (other seeds)</source>
        <translation>Vier Varianten (andere Seeds)</translation>
    </message>
    <message>
        <source>Copy the file</source>
        <translation>Datei kopieren</translation>
    </message>
    <message>
        <source>Not a favourite</source>
        <translation>Kein Favorit</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>Favorit</translation>
    </message>
    <message>
        <source>Remove from the strip (the file stays)&#9;Del</source>
        <translation>Aus dem Streifen entfernen (die Datei bleibt)&#9;Entf</translation>
    </message>
    <message>
        <source>Move the file to the bin</source>
        <translation>Datei in den Papierkorb verschieben</translation>
    </message>
    <message>
        <source>Your clips appear here. Drop a clip to restore its settings.</source>
        <translation>Hier erscheinen deine Clips. Zieh einen Clip hierher, um seine Einstellungen zu übernehmen.</translation>
    </message>
    <message>
        <source>Search the clips</source>
        <translation>Clips durchsuchen</translation>
    </message>
    <message>
        <source>Words of the prompt; Esc ends the search</source>
        <translation>Wörter des Prompts; Esc beendet die Suche</translation>
    </message>
    <message>
        <source>begun, goes on</source>
        <translation>begonnen, geht weiter</translation>
    </message>
    <message>
        <source>tries again</source>
        <translation>wird wiederholt</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>(no prompt)</source>
        <translation>(kein Prompt)</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>Pause now</source>
        <translation>Jetzt pausieren</translation>
    </message>
    <message>
        <source>To the front</source>
        <translation>Ganz nach vorn</translation>
    </message>
    <message>
        <source>Earlier&#9;Alt+Up</source>
        <translation>Früher&#9;Alt+Auf</translation>
    </message>
    <message>
        <source>Later&#9;Alt+Down</source>
        <translation>Später&#9;Alt+Ab</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Verdoppeln</translation>
    </message>
    <message>
        <source>Remove&#9;Del</source>
        <translation>Entfernen&#9;Entf</translation>
    </message>
    <message>
        <source>Nothing is waiting. Generate while a clip is being made puts the next one here.</source>
        <translation>Nichts wartet. Erzeugen während eines Laufs reiht den nächsten Clip hier ein.</translation>
    </message>
    <message>
        <source>Pause after this</source>
        <translation>Danach pausieren</translation>
    </message>
    <message>
        <source>Copy recipe</source>
        <translation>Rezept kopieren</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>Dieser Lauf</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>Erstes Bild</translation>
    </message>
    <message>
        <source>Frame rate</source>
        <translation>Bildrate</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Denoising</source>
        <translation>Entrauschen</translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation>Dekodieren</translation>
    </message>
    <message>
        <source>Finishing the file</source>
        <translation>Datei fertigstellen</translation>
    </message>
    <message>
        <source>Choose a clip in the strip to see how it was made.</source>
        <translation>Wähle einen Clip im Streifen, um zu sehen, wie er entstand.</translation>
    </message>
    <message>
        <source>Copy the recipe</source>
        <translation>Rezept kopieren</translation>
    </message>
    <message>
        <source>Queue %1</source>
        <translation>Aufträge %1</translation>
    </message>
    <message>
        <source>%1 · paused</source>
        <translation>%1 · pausiert</translation>
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
        <translation>%1 B/s</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>Gesamt</translation>
    </message>
    <message>
        <source>Playback waited</source>
        <translation>Wiedergabe wartete</translation>
    </message>
    <message>
        <source>once</source>
        <translation>einmal</translation>
    </message>
    <message>
        <source>%1 times</source>
        <translation>%1-mal</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>Dateigröße</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Made in</source>
        <translation>Erzeugt in</translation>
    </message>
    <message>
        <source>Rushes</source>
        <translation>Rushes</translation>
    </message>
    <message>
        <source>%1 steps, fixed</source>
        <translation>%1 Schritte, fest</translation>
    </message>
    <message>
        <source>frames arrive block by block</source>
        <translation>Bilder kommen Block für Block</translation>
    </message>
    <message>
        <source>whole clip at once</source>
        <translation>ganzer Clip auf einmal</translation>
    </message>
    <message>
        <source>Left out: %1</source>
        <translation>Ausgelassen: %1</translation>
    </message>
    <message>
        <source>A folder in the Hugging Face diffusers layout, with model_index.json in it; nothing is copied</source>
        <translation>Ein Ordner im diffusers-Format von Hugging Face, mit model_index.json darin; nichts wird kopiert</translation>
    </message>
    <message>
        <source> · %1 left</source>
        <translation> · noch %1</translation>
    </message>
    <message>
        <source>Open clip or recipe…</source>
        <translation>Clip oder Rezept öffnen…</translation>
    </message>
    <message>
        <source>Show clip in folder</source>
        <translation>Clip im Ordner zeigen</translation>
    </message>
    <message>
        <source>Open the clip with another program</source>
        <translation>Clip mit anderem Programm öffnen</translation>
    </message>
    <message>
        <source>Copy the clip&apos;s file</source>
        <translation>Datei des Clips kopieren</translation>
    </message>
    <message>
        <source>Folder for new clips…</source>
        <translation>Ordner für neue Clips…</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>Modellordner öffnen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Write the prompt</source>
        <translation>Prompt schreiben</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Copy these settings as a recipe</source>
        <translation>Diese Einstellungen als Rezept kopieren</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <source>Ten frames back</source>
        <translation>Zehn Bilder zurück</translation>
    </message>
    <message>
        <source>Ten frames forward</source>
        <translation>Zehn Bilder vor</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>Play backwards, again faster</source>
        <translation>Rückwärts, erneut schneller</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Play forwards, again faster</source>
        <translation>Vorwärts, erneut schneller</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Schleife</translation>
    </message>
    <message>
        <source>Mark in</source>
        <translation>Anfang markieren</translation>
    </message>
    <message>
        <source>Mark out</source>
        <translation>Ende markieren</translation>
    </message>
    <message>
        <source>Clear the marks</source>
        <translation>Marken löschen</translation>
    </message>
    <message>
        <source>Copy this frame</source>
        <translation>Dieses Bild kopieren</translation>
    </message>
    <message>
        <source>Save this frame as PNG</source>
        <translation>Dieses Bild als PNG speichern</translation>
    </message>
    <message>
        <source>Compare two clips</source>
        <translation>Zwei Clips vergleichen</translation>
    </message>
    <message>
        <source>Divider to the left</source>
        <translation>Teiler nach links</translation>
    </message>
    <message>
        <source>Divider to the right</source>
        <translation>Teiler nach rechts</translation>
    </message>
    <message>
        <source>Stop and keep what exists</source>
        <translation>Stoppen und Vorhandenes behalten</translation>
    </message>
    <message>
        <source>Pause after this clip</source>
        <translation>Nach diesem Clip pausieren</translation>
    </message>
    <message>
        <source>Clear what waits</source>
        <translation>Wartende entfernen</translation>
    </message>
    <message>
        <source>Stage alone</source>
        <translation>Nur die Bühne</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>Bild einpassen</translation>
    </message>
    <message>
        <source>Safe areas</source>
        <translation>Sichere Bereiche</translation>
    </message>
    <message>
        <source>Arrange panels</source>
        <translation>Felder anordnen</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Follow the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Search or run a command</source>
        <translation>Suchen oder Befehl ausführen</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Save diagnostics for a report</source>
        <translation>Diagnose für einen Bericht speichern</translation>
    </message>
    <message>
        <source>About Rushes</source>
        <translation>Über Rushes</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Clip</source>
        <translation>&amp;Clip</translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation>&amp;Warteschlange</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation>Befehle suchen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Rushes %1 · a studio for local AI video · MIT licence</source>
        <translation>Rushes %1 · ein Studio für KI-Video auf dem eigenen Rechner · MIT-Lizenz</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Clip</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>%1 · Rushes</source>
        <translation>%1 · Rushes</translation>
    </message>
    <message>
        <source>Recipe panel</source>
        <translation>Rezeptfeld</translation>
    </message>
    <message>
        <source>Queue and inspector</source>
        <translation>Warteschlange und Inspektor</translation>
    </message>
    <message>
        <source>Film strip</source>
        <translation>Filmstreifen</translation>
    </message>
    <message>
        <source>Search or run a command   %1</source>
        <translation>Suchen oder Befehl ausführen   %1</translation>
    </message>
    <message>
        <source>Open clip or recipe</source>
        <translation>Clip oder Rezept öffnen</translation>
    </message>
    <message>
        <source>Clips and recipes (*.mp4 *.mkv *.gif *.webp *.png *.jpg *.jpeg *.avif *.json);;All files (*)</source>
        <translation>Clips und Rezepte (*.mp4 *.mkv *.gif *.webp *.png *.jpg *.jpeg *.avif *.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Nothing here has these words.</source>
        <translation>Hier hat nichts diese Wörter.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Search the settings</source>
        <translation>Einstellungen durchsuchen</translation>
    </message>
    <message>
        <source>Look and language</source>
        <translation>Aussehen und Sprache</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>From the next start on.</source>
        <translation>Ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>Less motion</source>
        <translation>Weniger Bewegung</translation>
    </message>
    <message>
        <source>Clips in the strip stand still under the mouse, and a clip does not play by itself.</source>
        <translation>Clips im Streifen stehen unter der Maus still, und ein Clip spielt nicht von selbst.</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>Tastenkürzel…</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Clips</source>
        <translation>Clips</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen…</translation>
    </message>
    <message>
        <source>Your video folder.</source>
        <translation>Dein Videoordner.</translation>
    </message>
    <message>
        <source>Names of new clips</source>
        <translation>Namen neuer Clips</translation>
    </message>
    <message>
        <source>{time} {date} {prompt} {seed} {model}; now: %1</source>
        <translation>{time} {date} {prompt} {seed} {model}; jetzt: %1</translation>
    </message>
    <message>
        <source>Nearest to the clip</source>
        <translation>Dem Clip am nächsten</translation>
    </message>
    <message>
        <source>Usual shape</source>
        <translation>Übliche Form</translation>
    </message>
    <message>
        <source>Usual format</source>
        <translation>Übliches Format</translation>
    </message>
    <message>
        <source>The last export decides again.</source>
        <translation>Der letzte Export entscheidet neu.</translation>
    </message>
    <message>
        <source>Lines over the picture that show what the places for short clips leave free.</source>
        <translation>Linien über dem Bild zeigen, was die Orte für kurze Clips frei lassen.</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Rechenwerk</translation>
    </message>
    <message>
        <source>Choose by itself</source>
        <translation>Selbst wählen</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Where clips are computed. From the next start on.</source>
        <translation>Wo Clips berechnet werden. Ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>When a clip is ready</source>
        <translation>Wenn ein Clip fertig ist</translation>
    </message>
    <message>
        <source>Notify me</source>
        <translation>Benachrichtigen</translation>
    </message>
    <message>
        <source>A message of the desktop while another window is in front.</source>
        <translation>Eine Nachricht des Desktops, während ein anderes Fenster vorn ist.</translation>
    </message>
    <message>
        <source>Play a sound</source>
        <translation>Einen Ton spielen</translation>
    </message>
    <message>
        <source>Press the key</source>
        <translation>Taste drücken</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Press the new key</source>
        <translation>Neue Taste drücken</translation>
    </message>
    <message>
        <source>Use it here</source>
        <translation>Hier verwenden</translation>
    </message>
    <message>
        <source>reset</source>
        <translation>zurücksetzen</translation>
    </message>
    <message>
        <source>The usual key for %1</source>
        <translation>Die übliche Taste für %1</translation>
    </message>
    <message>
        <source>Use the key here instead</source>
        <translation>Die Taste stattdessen hier verwenden</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>%1 belongs to “%2”.</source>
        <translation>%1 gehört zu „%2“.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>keine Taste</translation>
    </message>
    <message>
        <source>Choose a key, then press the new one. Backspace takes it away.</source>
        <translation>Wähle eine Taste, dann drücke die neue. Rücktaste nimmt sie weg.</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>Fehler kopieren</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Reels, TikTok</source>
        <translation>Reels, TikTok</translation>
    </message>
    <message>
        <source>Titles</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Loading model</source>
        <translation>Modell wird geladen</translation>
    </message>
    <message>
        <source>Reading pictures %1 %</source>
        <translation>Bilder werden gelesen, %1 %</translation>
    </message>
    <message>
        <source>Reading prompt %1 %</source>
        <translation>Prompt wird gelesen, %1 %</translation>
    </message>
    <message>
        <source>Reading prompt</source>
        <translation>Prompt wird gelesen</translation>
    </message>
    <message>
        <source>Block %1 of %2</source>
        <translation>Block %1 von %2</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>Writing file</source>
        <translation>Datei wird geschrieben</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Generating</source>
        <translation>Erzeugt</translation>
    </message>
    <message>
        <source>Progress of the running clip</source>
        <translation>Fortschritt des laufenden Clips</translation>
    </message>
    <message>
        <source>00 s left</source>
        <translation>noch 00 s</translation>
    </message>
    <message>
        <source>Stop   %1</source>
        <translation>Stopp   %1</translation>
    </message>
    <message>
        <source>Waiting for the engine</source>
        <translation>Wartet auf das Rechenwerk</translation>
    </message>
    <message>
        <source>%1 percent</source>
        <translation>%1 Prozent</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Stoppt</translation>
    </message>
    <message>
        <source>The clip is being made</source>
        <translation>Der Clip entsteht</translation>
    </message>
    <message>
        <source>It moves here after the first step.</source>
        <translation>Nach dem ersten Schritt bewegt er sich hier.</translation>
    </message>
    <message>
        <source>Describe a clip and press Generate</source>
        <translation>Beschreibe einen Clip und drücke Erzeugen</translation>
    </message>
    <message>
        <source>It moves here while it is being made.</source>
        <translation>Er bewegt sich hier, während er entsteht.</translation>
    </message>
    <message>
        <source>Picture of the clip</source>
        <translation>Bild des Clips</translation>
    </message>
    <message>
        <source>Two clips, divided at %1 percent</source>
        <translation>Zwei Clips, geteilt bei %1 Prozent</translation>
    </message>
    <message>
        <source>Position in the clip</source>
        <translation>Stelle im Clip</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Two clips side by side</source>
        <translation>Zwei Clips nebeneinander</translation>
    </message>
    <message>
        <source>The difference of two clips</source>
        <translation>Der Unterschied zweier Clips</translation>
    </message>
    <message>
        <source>Two clips, the other one %1 percent opaque</source>
        <translation>Zwei Clips, der andere zu %1 Prozent deckend</translation>
    </message>
    <message>
        <source>How alike the clips are, frame by frame</source>
        <translation>Wie ähnlich sich die Clips sind, Bild für Bild</translation>
    </message>
    <message>
        <source>Frame %1: SSIM %2</source>
        <translation>Bild %1: SSIM %2</translation>
    </message>
    <message>
        <source>Compare in another way</source>
        <translation>Anders vergleichen</translation>
    </message>
    <message>
        <source>Compare by a divider</source>
        <translation>Mit Teiler vergleichen</translation>
    </message>
    <message>
        <source>Compare side by side</source>
        <translation>Nebeneinander vergleichen</translation>
    </message>
    <message>
        <source>Compare by the difference</source>
        <translation>Am Unterschied vergleichen</translation>
    </message>
    <message>
        <source>Compare by onion skin</source>
        <translation>Durchscheinend vergleichen</translation>
    </message>
    <message>
        <source>Change the prompt of the clip that is being made</source>
        <translation>Den Prompt des Clips ändern, der gerade entsteht</translation>
    </message>
    <message>
        <source>Go another way from here</source>
        <translation>Von hier an anders weitergehen</translation>
    </message>
    <message>
        <source>Put a clip on the stage first.</source>
        <translation>Legen Sie zuerst einen Clip auf die Bühne.</translation>
    </message>
    <message>
        <source>From the next block on: %1</source>
        <translation>Vom nächsten Block an: %1</translation>
    </message>
    <message>
        <source>Which prompt made which seconds</source>
        <translation>Welcher Prompt welche Sekunden gemacht hat</translation>
    </message>
    <message>
        <source>Prompts of the clip</source>
        <translation>Prompts des Clips</translation>
    </message>
    <message>
        <source>Steer</source>
        <translation>Lenken</translation>
    </message>
    <message>
        <source>The prompt as it stands takes over at the next block</source>
        <translation>Der Prompt, wie er dasteht, gilt vom nächsten Block an</translation>
    </message>
    <message>
        <source>Two clips at the same moment, with a divider to drag</source>
        <translation>Zwei Clips im selben Augenblick, mit einem Teiler zum Ziehen</translation>
    </message>
    <message>
        <source>Write the clip in another shape or format</source>
        <translation>Den Clip in anderer Form oder anderem Format schreiben</translation>
    </message>
    <message>
        <source>%1×</source>
        <translation>%1×</translation>
    </message>
    <message>
        <source>Frame %1 of %2</source>
        <translation>Bild %1 von %2</translation>
    </message>
    <message>
        <source>Native size</source>
        <translation>Eigene Größe</translation>
    </message>
    <message>
        <source>Twice the native size</source>
        <translation>Doppelte Größe</translation>
    </message>
    <message>
        <source>Four times the native size</source>
        <translation>Vierfache Größe</translation>
    </message>
    <message>
        <source>Reels, Shorts, TikTok (9:16)</source>
        <translation>Reels, Shorts, TikTok (9:16)</translation>
    </message>
    <message>
        <source>Instagram portrait (4:5)</source>
        <translation>Instagram hochkant (4:5)</translation>
    </message>
    <message>
        <source>Square (1:1)</source>
        <translation>Quadrat (1:1)</translation>
    </message>
    <message>
        <source>YouTube, X (16:9)</source>
        <translation>YouTube, X (16:9)</translation>
    </message>
    <message>
        <source>frames a second</source>
        <translation>Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>draft first</source>
        <translation>erst Entwurf</translation>
    </message>
    <message>
        <source>fast decoding</source>
        <translation>schnelles Dekodieren</translation>
    </message>
    <message>
        <source>%1 clips removed from the strip</source>
        <translation>%1 Clips aus dem Streifen genommen</translation>
    </message>
    <message>
        <source>%1 clips removed from the strip. The files stay.</source>
        <translation>%1 Clips aus dem Streifen genommen. Die Dateien bleiben.</translation>
    </message>
    <message>
        <source>%1 clips · about %2</source>
        <translation>%1 Clips · etwa %2</translation>
    </message>
    <message>
        <source>%1 could not be renamed.</source>
        <translation>%1 konnte nicht umbenannt werden.</translation>
    </message>
    <message>
        <source>%1 files copied</source>
        <translation>%1 Dateien kopiert</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 Speicher</translation>
    </message>
    <message>
        <source>%1 × %2, %3 frames, %4</source>
        <translation>%1 × %2, %3 Bilder, %4</translation>
    </message>
    <message>
        <source>%1, not there now</source>
        <translation>%1, zurzeit nicht da</translation>
    </message>
    <message>
        <source>%1, takes %2 of memory</source>
        <translation>%1, braucht %2 Speicher</translation>
    </message>
    <message>
        <source>%1×%2 · %3 s</source>
        <translation>%1×%2 · %3 s</translation>
    </message>
    <message>
        <source>A clip of the queue is changed</source>
        <translation>Ein Clip der Warteschlange wird geändert</translation>
    </message>
    <message>
        <source>A short, small clip comes first, so that a bad idea can be stopped early. It adds a few percent to the time. Another model, smaller or quicker, may make it. Models that work block by block need none: their first block is there as quickly.</source>
        <translation>Zuerst kommt ein kurzer, kleiner Clip, damit man eine schlechte Idee früh abbrechen kann. Er kostet einige Prozent Zeit. Ein anderes Modell, kleiner oder schneller, kann ihn machen. Modelle, die Block für Block arbeiten, brauchen keinen: Ihr erster Block ist ebenso schnell da.</translation>
    </message>
    <message>
        <source>About: %1</source>
        <translation>Über: %1</translation>
    </message>
    <message>
        <source>Address copied: %1. The settings can let Rushes open web pages.</source>
        <translation>Adresse kopiert: %1. In den Einstellungen kann man Rushes Webseiten öffnen lassen.</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>All of it</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>As in editors, 00:00:02:09</source>
        <translation>Wie im Schnitt, 00:00:02:09</translation>
    </message>
    <message>
        <source>Aspect and size</source>
        <translation>Seitenverhältnis und Größe</translation>
    </message>
    <message>
        <source>Black or white grounds, stronger lines and letters.</source>
        <translation>Schwarzer oder weißer Grund, kräftigere Linien und Schrift.</translation>
    </message>
    <message>
        <source>C shows two clips side by side, with a divider to drag.</source>
        <translation>C zeigt zwei Clips nebeneinander, mit einer Trennlinie zum Ziehen.</translation>
    </message>
    <message>
        <source>Clips that need more of the device&apos;s memory are not begun; the settings that fit are offered.</source>
        <translation>Clips, die mehr vom Speicher des Geräts brauchen, werden nicht begonnen; passende Einstellungen werden angeboten.</translation>
    </message>
    <message>
        <source>Copy %1 files</source>
        <translation>%1 Dateien kopieren</translation>
    </message>
    <message>
        <source>Ctrl+K finds every action, clip, model and setting.</source>
        <translation>Strg+K findet jede Aktion, jeden Clip, jedes Modell und jede Einstellung.</translation>
    </message>
    <message>
        <source>Edit…	Enter</source>
        <translation>Ändern…	Enter</translation>
    </message>
    <message>
        <source>Export %1 clips…</source>
        <translation>%1 Clips exportieren…</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>Erste Schritte</translation>
    </message>
    <message>
        <source>Frames, 34</source>
        <translation>Bilder, 34</translation>
    </message>
    <message>
        <source>Generate as the next one</source>
        <translation>Als Nächstes erzeugen</translation>
    </message>
    <message>
        <source>Generate in place of what waits</source>
        <translation>Anstelle der wartenden erzeugen</translation>
    </message>
    <message>
        <source>Here: %1 as it is, %2 with %3.</source>
        <translation>Hier: %1 wie es ist, %2 mit %3.</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>How long the clip is. A model that works block by block takes twice as long for twice the length; one that sees the whole clip takes more than that, and more memory.</source>
        <translation>Wie lang der Clip ist. Ein Modell, das Block für Block arbeitet, braucht für die doppelte Länge doppelt so lange; eines, das den ganzen Clip sieht, mehr als das, und mehr Speicher.</translation>
    </message>
    <message>
        <source>How often the picture is gone over. Few leave it soft, more settle details, and beyond some number nothing changes any more. The time grows with them.</source>
        <translation>Wie oft das Bild überarbeitet wird. Wenige lassen es weich, mehr klären Einzelheiten, und ab einer gewissen Zahl ändert sich nichts mehr. Die Zeit wächst mit ihnen.</translation>
    </message>
    <message>
        <source>How strictly the picture follows the prompt. High values look harsh. At 1 or below each step is computed once, above that twice.</source>
        <translation>Wie streng das Bild dem Prompt folgt. Hohe Werte wirken hart. Bis 1 wird jeder Schritt einmal gerechnet, darüber zweimal.</translation>
    </message>
    <message>
        <source>Keep the change</source>
        <translation>Änderung behalten</translation>
    </message>
    <message>
        <source>Looking at what this machine can do…</source>
        <translation>Prüft, was dieses Gerät kann…</translation>
    </message>
    <message>
        <source>Make a clip: %1</source>
        <translation>Clip machen: %1</translation>
    </message>
    <message>
        <source>Marked as a favourite</source>
        <translation>Als Favorit markiert</translation>
    </message>
    <message>
        <source>May open web pages</source>
        <translation>Darf Webseiten öffnen</translation>
    </message>
    <message>
        <source>Memory for clips</source>
        <translation>Speicher für Clips</translation>
    </message>
    <message>
        <source>Moved back in the queue</source>
        <translation>In der Warteschlange nach hinten gerückt</translation>
    </message>
    <message>
        <source>Moved forward in the queue</source>
        <translation>In der Warteschlange nach vorn gerückt</translation>
    </message>
    <message>
        <source>Name of the clip&apos;s file</source>
        <translation>Name der Clip-Datei</translation>
    </message>
    <message>
        <source>Needs about %1; %2 can be filled.</source>
        <translation>Braucht etwa %1; %2 stehen zur Verfügung.</translation>
    </message>
    <message>
        <source>Needs about %1; %2 can be filled. Not even the smallest clip of this model fits.</source>
        <translation>Braucht etwa %1; %2 stehen zur Verfügung. Nicht einmal der kleinste Clip dieses Modells passt.</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>No action has these words.</source>
        <translation>Keine Aktion hat diese Wörter.</translation>
    </message>
    <message>
        <source>No clip has these words. Esc ends the search.</source>
        <translation>Kein Clip hat diese Wörter. Esc beendet die Suche.</translation>
    </message>
    <message>
        <source>Not a favourite any more</source>
        <translation>Kein Favorit mehr</translation>
    </message>
    <message>
        <source>Only favourites</source>
        <translation>Nur Favoriten</translation>
    </message>
    <message>
        <source>Only what the model was trained on is offered: other shapes come out wrong. Twice the pixels take at least twice the time; the export can enlarge, crop and pad for nothing.</source>
        <translation>Angeboten wird nur, womit das Modell trainiert wurde: Andere Formen misslingen. Doppelt so viele Pixel brauchen mindestens doppelt so lange; der Export kann umsonst vergrößern, beschneiden und auffüllen.</translation>
    </message>
    <message>
        <source>Or try one of these, it runs at once:</source>
        <translation>Oder eines davon, es läuft sofort los:</translation>
    </message>
    <message>
        <source>Pages of published models</source>
        <translation>Seiten veröffentlichter Modelle</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Remove %1 from the strip (the files stay)	Del</source>
        <translation>%1 aus dem Streifen nehmen (die Dateien bleiben)	Entf</translation>
    </message>
    <message>
        <source>Rename the clip…</source>
        <translation>Clip umbenennen…</translation>
    </message>
    <message>
        <source>Renamed to %1</source>
        <translation>Umbenannt in %1</translation>
    </message>
    <message>
        <source>Rename…	F2</source>
        <translation>Umbenennen…	F2</translation>
    </message>
    <message>
        <source>Rushes itself never connects to anything. With this, the page of a published model opens in your browser when you ask for it; without, its address is copied.</source>
        <translation>Rushes selbst verbindet sich nie mit etwas. Hiermit öffnet sich auf Wunsch die Seite eines veröffentlichten Modells im Browser; ohne dies wird ihre Adresse kopiert.</translation>
    </message>
    <message>
        <source>Search by words or by key</source>
        <translation>Nach Wörtern oder Taste suchen</translation>
    </message>
    <message>
        <source>Search the shortcuts</source>
        <translation>Tastenkürzel durchsuchen</translation>
    </message>
    <message>
        <source>Seconds, 0:02.8</source>
        <translation>Sekunden, 0:02.8</translation>
    </message>
    <message>
        <source>Settings of a waiting clip</source>
        <translation>Einstellungen eines wartenden Clips</translation>
    </message>
    <message>
        <source>Settings of the waiting clip</source>
        <translation>Einstellungen des wartenden Clips</translation>
    </message>
    <message>
        <source>Shorter: %1</source>
        <translation>Kürzer: %1</translation>
    </message>
    <message>
        <source>Takes %1 of %2: other programs may have to make room.</source>
        <translation>Braucht %1 von %2: Andere Programme müssen vielleicht Platz machen.</translation>
    </message>
    <message>
        <source>That clip does not wait any more; the settings are your own again</source>
        <translation>Dieser Clip wartet nicht mehr; es gelten wieder Ihre eigenen Einstellungen</translation>
    </message>
    <message>
        <source>The clip is %1 long now</source>
        <translation>Der Clip ist jetzt %1 lang</translation>
    </message>
    <message>
        <source>The number that the noise begins with. The same settings and seed give the same clip; another seed gives another take of the same idea. No effect on the time.</source>
        <translation>Die Zahl, mit der das Rauschen beginnt. Gleiche Einstellungen und gleicher Seed geben denselben Clip; ein anderer Seed gibt eine andere Fassung derselben Idee. Ohne Einfluss auf die Zeit.</translation>
    </message>
    <message>
        <source>The numbers are bf16 now</source>
        <translation>Die Zahlen sind jetzt bf16</translation>
    </message>
    <message>
        <source>The rule by which noise becomes a picture. Hardly any effect on the time of a step.</source>
        <translation>Die Regel, nach der aus Rauschen ein Bild wird. Kaum Einfluss auf die Zeit eines Schritts.</translation>
    </message>
    <message>
        <source>The settings are %1 now</source>
        <translation>Die Einstellungen sind jetzt %1</translation>
    </message>
    <message>
        <source>The size is %1 now</source>
        <translation>Die Größe ist jetzt %1</translation>
    </message>
    <message>
        <source>The waiting clip is changed</source>
        <translation>Der wartende Clip ist geändert</translation>
    </message>
    <message>
        <source>The waiting clip stays as it was</source>
        <translation>Der wartende Clip bleibt, wie er war</translation>
    </message>
    <message>
        <source>Three good numbers of steps for this model: quick to look, or slow to keep.</source>
        <translation>Drei gute Schrittzahlen für dieses Modell: schnell zum Schauen oder langsam zum Behalten.</translation>
    </message>
    <message>
        <source>Time on the stage</source>
        <translation>Zeit auf der Bühne</translation>
    </message>
    <message>
        <source>Use %1</source>
        <translation>%1 nehmen</translation>
    </message>
    <message>
        <source>Use bf16 numbers</source>
        <translation>bf16-Zahlen nehmen</translation>
    </message>
    <message>
        <source>Use the word: %1</source>
        <translation>Wort nehmen: %1</translation>
    </message>
    <message>
        <source>What draws the clip. A larger model knows more, needs more memory and takes longer. Choosing one brings its own steps and guidance.</source>
        <translation>Was den Clip zeichnet. Ein größeres Modell kann mehr, braucht mehr Speicher und länger. Die Wahl bringt seine eigenen Schritte und seine Führung mit.</translation>
    </message>
    <message>
        <source>What is seen and what happens: the thing, how it looks, how it moves, where. It is read once for each new text, so its length hardly changes the time.</source>
        <translation>Was man sieht und was geschieht: das Ding, wie es aussieht, wie es sich bewegt, wo. Jeder neue Text wird einmal gelesen, seine Länge ändert die Zeit kaum.</translation>
    </message>
    <message>
        <source>What should not be seen. It acts only with a guidance above 1, and then costs nothing on top.</source>
        <translation>Was man nicht sehen soll. Wirkt nur bei einer Führung über 1 und kostet dann nichts zusätzlich.</translation>
    </message>
    <message>
        <source>Where to get one…</source>
        <translation>Woher man eines bekommt…</translation>
    </message>
    <message>
        <source>Whether the clip fits</source>
        <translation>Ob der Clip passt</translation>
    </message>
    <message>
        <source>Words that this model knows</source>
        <translation>Wörter, die dieses Modell kennt</translation>
    </message>
    <message>
        <source>Your first clip. Space plays it, Ctrl+E writes it in the shape that you need.</source>
        <translation>Ihr erster Clip. Leertaste spielt ihn ab, Strg+E schreibt ihn in der Form, die Sie brauchen.</translation>
    </message>
    <message>
        <source>a clip of %1 takes %2</source>
        <translation>ein Clip von %1 braucht %2</translation>
    </message>
    <message>
        <source>clip renamed</source>
        <translation>Clip umbenannt</translation>
    </message>
    <message>
        <source>does not fit in the memory</source>
        <translation>passt nicht in den Speicher</translation>
    </message>
    <message>
        <source>each by its prompt and seed</source>
        <translation>jeder nach Prompt und Seed</translation>
    </message>
    <message>
        <source>needs most of the memory</source>
        <translation>braucht den größten Teil des Speichers</translation>
    </message>
    <message>
        <source>order of the queue</source>
        <translation>Reihenfolge der Warteschlange</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>This is a demonstration model. The %1 of memory of this machine are enough for %2.</source>
        <translation>Dies ist ein Vorführmodell. Die %1 Speicher dieses Geräts reichen für %2.</translation>
    </message>
    <message>
        <source>Drop a picture here, or click to choose one</source>
        <translation>Hier ein Bild ablegen oder zum Auswählen klicken</translation>
    </message>
    <message>
        <source>Pictures that the clip starts from</source>
        <translation>Bilder, mit denen der Clip beginnt</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>First picture</source>
        <translation>Erstes Bild</translation>
    </message>
    <message>
        <source>Last picture</source>
        <translation>Letztes Bild</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>Datei auswählen …</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>The frame on the stage</source>
        <translation>Das Bild auf der Bühne</translation>
    </message>
    <message>
        <source>From a camera…</source>
        <translation>Von einer Kamera …</translation>
    </message>
    <message>
        <source>Crop…</source>
        <translation>Zuschneiden …</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>%1 needs a picture to start from.</source>
        <translation>%1 braucht ein Bild, mit dem es beginnt.</translation>
    </message>
    <message>
        <source>The part that the clip shows. Arrow keys move it, + and - change its size.</source>
        <translation>Der Teil, den der Clip zeigt. Pfeiltasten verschieben ihn, + und - ändern seine Größe.</translation>
    </message>
    <message>
        <source>Waiting for the camera…</source>
        <translation>Warten auf die Kamera …</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>What the camera sees</source>
        <translation>Was die Kamera sieht</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>No camera was found.</source>
        <translation>Es wurde keine Kamera gefunden.</translation>
    </message>
    <message>
        <source>The camera does not work: %1</source>
        <translation>Die Kamera funktioniert nicht: %1</translation>
    </message>
    <message>
        <source>There is no picture to take.</source>
        <translation>Da ist kein Bild, das genommen werden kann.</translation>
    </message>
    <message>
        <source>A picture, or a clip to go on from</source>
        <translation>Ein Bild oder ein Clip, an den angeschlossen wird</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>a draft first</source>
        <translation>erst einem Entwurf</translation>
    </message>
    <message>
        <source>no draft</source>
        <translation>keinem Entwurf</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1 bei %2</translation>
    </message>
    <message>
        <source>Save diagnostics with prompts and paths</source>
        <translation>Diagnose mit Prompts und Pfaden sichern</translation>
    </message>
    <message>
        <source>Rushes ended by a fault the last time. What is known of it stays on this machine.</source>
        <translation>Rushes ist beim letzten Mal durch einen Fehler beendet worden. Was darüber bekannt ist, bleibt auf diesem Rechner.</translation>
    </message>
    <message>
        <source>Save it for a report</source>
        <translation>Für eine Meldung sichern</translation>
        <source>Motion</source>
        <translation>Bewegung</translation>
    </message>
    <message>
        <source>How much moves. 1 is as the model was trained; less is calmer, more is livelier and soon tears the picture. No effect on the time.</source>
        <translation>Wie viel sich bewegt. 1 ist, wie das Modell es gelernt hat; weniger ist ruhiger, mehr ist lebhafter und zerreißt das Bild bald. Ohne Wirkung auf die Zeit.</translation>
    </message>
    <message>
        <source>How much moves: 1 as the model was trained, less is calmer.</source>
        <translation>Wie viel sich bewegt: 1 wie gelernt, weniger ist ruhiger.</translation>
    </message>
    <message>
        <source>motion</source>
        <translation>Bewegung</translation>
    </message>
    <message>
        <source>use the usual one</source>
        <translation>den üblichen nehmen</translation>
    </message>
    <message>
        <source>What most clips of this model are better without</source>
        <translation>Was den meisten Clips dieses Modells besser fehlt</translation>
    </message>
    <message>
        <source>Pieces of text, of which the model reads %1 at once. A longer prompt is read in several parts, each on its own.</source>
        <translation>Textstücke, von denen das Modell %1 auf einmal liest. Ein längerer Prompt wird in mehreren Teilen gelesen, jeder für sich.</translation>
    </message>
    <message>
        <source>%1 · %2 parts</source>
        <translation>%1 · %2 Teile</translation>
    </message>
    <message>
        <source>All clips</source>
        <translation>Alle Clips</translation>
    </message>
    <message>
        <source>All clips…</source>
        <translation>Alle Clips…</translation>
    </message>
    <message>
        <source>Stars</source>
        <translation>Sterne</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Favourite or not	F</source>
        <translation>Favorit oder nicht	F</translation>
    </message>
    <message>
        <source>Tags…	T</source>
        <translation>Schlagwörter…	T</translation>
    </message>
    <message>
        <source>Copy the files</source>
        <translation>Dateien kopieren</translation>
    </message>
    <message>
        <source>Remove from the library (the files stay)	Del</source>
        <translation>Aus der Bibliothek entfernen (die Dateien bleiben)	Entf</translation>
    </message>
    <message>
        <source>Move the files to the bin	Shift+Del</source>
        <translation>Dateien in den Papierkorb	Umschalt+Entf</translation>
    </message>
    <message>
        <source>When it was made</source>
        <translation>Wann er gemacht wurde</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Enter shows · 1 to 5 stars · F favourite · T tags · C collection · Del removes</source>
        <translation>Enter zeigt · 1 bis 5 Sterne · F Favorit · T Schlagwörter · C Sammlung · Entf entfernt</translation>
    </message>
    <message>
        <source>Words of the prompt or tags</source>
        <translation>Wörter des Prompts oder Schlagwörter</translation>
    </message>
    <message>
        <source>Any stars</source>
        <translation>Beliebig viele Sterne</translation>
    </message>
    <message>
        <source>%1 or more</source>
        <translation>%1 oder mehr</translation>
    </message>
    <message>
        <source>Any aspect</source>
        <translation>Jedes Format</translation>
    </message>
    <message>
        <source>Wide</source>
        <translation>Quer</translation>
    </message>
    <message>
        <source>Tall</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>Quadratisch</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>Jederzeit</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>Neueste zuerst</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>Älteste zuerst</translation>
    </message>
    <message>
        <source>Most stars first</source>
        <translation>Meiste Sterne zuerst</translation>
    </message>
    <message>
        <source>Tags of the chosen clips</source>
        <translation>Schlagwörter der gewählten Clips</translation>
    </message>
    <message>
        <source>Tags, with commas between them; Enter keeps them</source>
        <translation>Schlagwörter, mit Kommas dazwischen; Enter behält sie</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>How many clips</source>
        <translation>Wie viele Clips</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Any tag</source>
        <translation>Jedes Schlagwort</translation>
    </message>
    <message>
        <source>Any model</source>
        <translation>Jedes Modell</translation>
    </message>
    <message>
        <source>%1 of %2 clips</source>
        <translation>%1 von %2 Clips</translation>
    </message>
    <message>
        <source>Your clips appear here.</source>
        <translation>Hier erscheinen deine Clips.</translation>
    </message>
    <message>
        <source>No clip is like that. Esc shows all of them.</source>
        <translation>Kein Clip ist so. Esc zeigt alle.</translation>
    </message>
    <message>
        <source>stars</source>
        <translation>Sterne</translation>
    </message>
    <message>
        <source>No stars</source>
        <translation>Keine Sterne</translation>
    </message>
    <message>
        <source>%1 stars</source>
        <translation>%1 Sterne</translation>
    </message>
    <message>
        <source>tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>No tags</source>
        <translation>Keine Schlagwörter</translation>
    </message>
    <message>
        <source>Tagged: %1</source>
        <translation>Schlagwörter: %1</translation>
    </message>
    <message>
        <source>files deleted</source>
        <translation>Dateien gelöscht</translation>
    </message>
    <message>
        <source>clips removed from the library</source>
        <translation>Clips aus der Bibliothek entfernt</translation>
    </message>
    <message>
        <source>%1 files are in the bin</source>
        <translation>%1 Dateien sind im Papierkorb</translation>
    </message>
    <message>
        <source>%1 clips removed from the library. The files stay.</source>
        <translation>%1 Clips aus der Bibliothek entfernt. Die Dateien bleiben.</translation>
    </message>
    <message>
        <source>Found again: %1</source>
        <translation>Wiedergefunden: %1</translation>
    </message>
    <message>
        <source>%1 clips that were moved are found again</source>
        <translation>%1 verschobene Clips sind wiedergefunden</translation>
    </message>
    <message>
        <source>Queue</source>
        <comment>the list</comment>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Seed %1</source>
        <translation>Seed %1</translation>
    </message>
    <message>
        <source>%1, dropped</source>
        <translation>%1, verworfen</translation>
    </message>
    <message>
        <source>%1, kept</source>
        <translation>%1, behalten</translation>
    </message>
    <message>
        <source>Seeds side by side</source>
        <translation>Seeds nebeneinander</translation>
    </message>
    <message>
        <source>Takes of this idea</source>
        <translation>Fassungen dieser Idee</translation>
    </message>
    <message>
        <source>What is drawn now</source>
        <translation>Was gerade gezeichnet wird</translation>
    </message>
    <message>
        <source>K keeps · D drops · Enter makes the clip</source>
        <translation>K behält · D verwirft · Enter macht den Clip</translation>
    </message>
    <message>
        <source>Other seeds</source>
        <translation>Andere Seeds</translation>
    </message>
    <message>
        <source>Make this clip</source>
        <translation>Diesen Clip machen</translation>
    </message>
    <message>
        <source>A first look: %1 of %2</source>
        <translation>Ein erster Blick: %1 von %2</translation>
    </message>
    <message>
        <source>As good as the clips</source>
        <translation>So gut wie die Clips</translation>
    </message>
    <message>
        <source>Getting better</source>
        <translation>Wird besser</translation>
    </message>
    <message>
        <source>Nine seeds side by side</source>
        <translation>Neun Seeds nebeneinander</translation>
    </message>
    <message>
        <source>drop or choose</source>
        <translation>ablegen oder wählen</translation>
    </message>
    <message>
        <source>All clips are made. The computer goes to sleep in %1 s.</source>
        <translation>Alle Clips sind gemacht. Der Rechner schläft in %1 s.</translation>
    </message>
    <message>
        <source>All clips are made. The computer shuts down in %1 s.</source>
        <translation>Alle Clips sind gemacht. Der Rechner fährt in %1 s herunter.</translation>
    </message>
    <message>
        <source>All clips are made. Your command runs in %1 s.</source>
        <translation>Alle Clips sind gemacht. Dein Befehl läuft in %1 s.</translation>
    </message>
    <message>
        <source>Stop it</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Only %1 are free where clips go: the queue pauses.</source>
        <translation>Wo die Clips hinkommen, sind nur %1 frei: Die Warteschlange pausiert.</translation>
    </message>
    <message>
        <source>When the queue is empty</source>
        <translation>Wenn die Warteschlange leer ist</translation>
    </message>
    <message>
        <source>Nothing more</source>
        <translation>Nichts weiter</translation>
    </message>
    <message>
        <source>Run my command</source>
        <translation>Meinen Befehl ausführen</translation>
    </message>
    <message>
        <source>Sleep, this time</source>
        <translation>Schlafen, dieses Mal</translation>
    </message>
    <message>
        <source>Shut down, this time</source>
        <translation>Herunterfahren, dieses Mal</translation>
    </message>
    <message>
        <source>A minute goes by first, in which it can be stopped.</source>
        <translation>Erst vergeht eine Minute, in der man es anhalten kann.</translation>
    </message>
    <message>
        <source>My command</source>
        <translation>Mein Befehl</translation>
    </message>
    <message>
        <source>For the shell, as you would type it.</source>
        <translation>Für die Shell, so wie man ihn tippt.</translation>
    </message>
    <message>
        <source>Collection</source>
        <translation>Sammlung</translation>
    </message>
    <message>
        <source>Any collection</source>
        <translation>Jede Sammlung</translation>
    </message>
    <message>
        <source>What to do with the collection</source>
        <translation>Was mit der Sammlung geschehen soll</translation>
    </message>
    <message>
        <source>Rename or remove this collection</source>
        <translation>Diese Sammlung umbenennen oder auflösen</translation>
    </message>
    <message>
        <source>Collection for the chosen clips</source>
        <translation>Sammlung für die gewählten Clips</translation>
    </message>
    <message>
        <source>The name of a collection, a new one too; Enter puts the clips into it</source>
        <translation>Name einer Sammlung, auch einer neuen; Enter legt die Clips hinein</translation>
    </message>
    <message>
        <source>Another name for the collection</source>
        <translation>Anderer Name für die Sammlung</translation>
    </message>
    <message>
        <source>Another name; Enter keeps it</source>
        <translation>Anderer Name; Enter behält ihn</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Remove the collection (its clips stay)</source>
        <translation>Sammlung auflösen (ihre Clips bleiben)</translation>
    </message>
    <message>
        <source>Put into a collection…	C</source>
        <translation>In eine Sammlung legen …	C</translation>
    </message>
    <message>
        <source>Take out of this collection</source>
        <translation>Aus dieser Sammlung nehmen</translation>
    </message>
    <message>
        <source>put into a collection</source>
        <translation>in eine Sammlung gelegt</translation>
    </message>
    <message>
        <source>%1 clips put into %2</source>
        <translation>%1 Clips in %2 gelegt</translation>
    </message>
    <message>
        <source>taken out of a collection</source>
        <translation>aus einer Sammlung genommen</translation>
    </message>
    <message>
        <source>%1 clips taken out of %2</source>
        <translation>%1 Clips aus %2 genommen</translation>
    </message>
    <message>
        <source>collection renamed</source>
        <translation>Sammlung umbenannt</translation>
    </message>
    <message>
        <source>collection removed</source>
        <translation>Sammlung aufgelöst</translation>
    </message>
    <message>
        <source>Collection %1 removed. Its clips stay.</source>
        <translation>Sammlung %1 aufgelöst. Ihre Clips bleiben.</translation>
    </message>
    <message>
        <source>There is a collection named %1 already.</source>
        <translation>Eine Sammlung namens %1 gibt es schon.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>This looks like your clip of %1: %2</source>
        <translation>Das sieht aus wie Ihr Clip vom %1: %2</translation>
    </message>
    <message>
        <source>Restore its settings</source>
        <translation>Seine Einstellungen übernehmen</translation>
    </message>
    <message>
        <source>Settings of that clip restored</source>
        <translation>Einstellungen dieses Clips übernommen</translation>
    </message>
    <message>
        <source>, </source>
        <translation>, </translation>
    </message>
    <message>
        <source>LoRAs</source>
        <translation>LoRAs</translation>
    </message>
    <message>
        <source>Add a LoRA</source>
        <translation>Eine LoRA hinzufügen</translation>
    </message>
    <message>
        <source>Choose a LoRA</source>
        <translation>LoRA auswählen</translation>
    </message>
    <message>
        <source>LoRAs (*.safetensors)</source>
        <translation>LoRAs (*.safetensors)</translation>
    </message>
    <message>
        <source>Strength of %1</source>
        <translation>Stärke von %1</translation>
    </message>
    <message>
        <source>1 as it was trained, less is a hint of it, below 0 the opposite.</source>
        <translation>1 wie trainiert, weniger ist ein Hauch davon, unter 0 das Gegenteil.</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
    <message>
        <source>Put into the prompt: %1</source>
        <translation>In den Prompt setzen: %1</translation>
    </message>
    <message>
        <source>It was trained with this word: a click puts it into the prompt.</source>
        <translation>Sie wurde mit diesem Wort trainiert: Ein Klick setzt es in den Prompt.</translation>
    </message>
    <message>
        <source>Small files that give the model a style, a figure or a motion. They must be made for this kind of model. Another file is read before the next clip; a clip takes as long as without.</source>
        <translation>Kleine Dateien, die dem Modell einen Stil, eine Figur oder eine Bewegung geben. Sie müssen für diese Art von Modell gemacht sein. Eine andere Datei wird vor dem nächsten Clip gelesen; ein Clip dauert so lange wie ohne.</translation>
    </message>
    <message>
        <source>fast %1</source>
        <translation>schnell %1</translation>
    </message>
    <message>
        <source>balanced %1</source>
        <translation>ausgewogen %1</translation>
    </message>
    <message>
        <source>quality %1</source>
        <translation>beste %1</translation>
    </message>
    <message>
        <source>Steps: %1</source>
        <translation>Schritte: %1</translation>
    </message>
    <message>
        <source>%1 on the disk</source>
        <translation>%1 auf der Platte</translation>
    </message>
    <message>
        <source>Licence: its files don't say</source>
        <translation>Lizenz: Die Dateien nennen keine</translation>
    </message>
    <message>
        <source>Licence: %1</source>
        <translation>Lizenz: %1</translation>
    </message>
    <message>
        <source>%1 clips, one for each prompt, with the same seed.</source>
        <translation>%1 Clips, einer je Prompt, mit demselben Seed.</translation>
    </message>
    <message>
        <source>Let clips fill %1 % of the memory</source>
        <translation>Clips bis %1 % des Speichers füllen lassen</translation>
    </message>
    <message>
        <source>Clips may fill %1 % of the memory now</source>
        <translation>Clips dürfen jetzt %1 % des Speichers füllen</translation>
    </message>
    <message>
        <source>memory budget</source>
        <translation>Speichergrenze</translation>
    </message>
    <message>
        <source>the model does not make it</source>
        <translation>das Modell macht das nicht</translation>
    </message>
    <message>
        <source>The model is %1 now</source>
        <translation>Das Modell ist jetzt %1</translation>
    </message>
    <message>
        <source>Drag the frame or move it with the arrow keys; the wheel, + and - make it smaller or larger.</source>
        <translation>Den Rahmen ziehen oder mit den Pfeiltasten bewegen; das Mausrad, + und - machen ihn kleiner oder größer.</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>Wiedergabe</translation>
    </message>
    <message>
        <source>Clips in the browser…</source>
        <translation>Clips im Browser…</translation>
    </message>
    <message>
        <source>Clips in the browser</source>
        <translation>Clips im Browser</translation>
    </message>
    <message>
        <source>Browsers and programs of this machine watch clips while they are made, and ask for new ones.</source>
        <translation>Browser und Programme dieses Rechners sehen Clips, während sie entstehen, und bestellen neue.</translation>
    </message>
    <message>
        <source>Another window makes the clips of this queue.</source>
        <translation>Ein anderes Fenster erzeugt die Clips dieser Warteschlange.</translation>
    </message>
    <message>
        <source>Switch it on there.</source>
        <translation>Schalten Sie es dort ein.</translation>
    </message>
    <message>
        <source>Show this studio's clips in the browser</source>
        <translation>Die Clips dieses Studios im Browser zeigen</translation>
    </message>
    <message>
        <source>Clips are seen while they are made, and others can be asked for; they come into this queue. Only programs of this machine reach it, and only by the link, whose token is new each time. For a phone, “rushes serve” takes a certificate (docs/serve.md).</source>
        <translation>Clips sind zu sehen, während sie entstehen, und weitere lassen sich bestellen; sie kommen in diese Warteschlange. Nur Programme dieses Rechners erreichen die Seite, und nur über den Link, dessen Schlüssel jedes Mal neu ist. Für ein Telefon nimmt „rushes serve“ ein Zertifikat (docs/serve.md).</translation>
    </message>
    <message>
        <source>Link to the page</source>
        <translation>Link zur Seite</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Copy the link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>It is being opened.</source>
        <translation>Wird geöffnet.</translation>
    </message>
    <message>
        <source>%1 Another port may be free.</source>
        <translation>%1 Vielleicht ist ein anderer Port frei.</translation>
    </message>
    <message>
        <source>A program</source>
        <translation>Ein Programm</translation>
    </message>
    <message>
        <source>watches nothing</source>
        <translation>sieht nichts an</translation>
    </message>
    <message>
        <source>watches 1 clip</source>
        <translation>sieht 1 Clip an</translation>
    </message>
    <message>
        <source>watches %1 clips</source>
        <translation>sieht %1 Clips an</translation>
    </message>
    <message>
        <source>The slowest clips take %1 s from the wish to the file, more than %2 s.</source>
        <translation>Die langsamsten Clips brauchen vom Wunsch bis zur Datei %1 s, mehr als %2 s.</translation>
    </message>
    <message>
        <source>The device is busy for %1 % of the time while clips are made, less than %2 %.</source>
        <translation>Das Gerät ist beim Erzeugen von Clips nur %1 % der Zeit beschäftigt, weniger als %2 %.</translation>
    </message>
    <message>
        <source>The device is busy for %1 % of the time, more than %2 %: it has no room for more.</source>
        <translation>Das Gerät ist %1 % der Zeit beschäftigt, mehr als %2 %: Für mehr ist kein Platz.</translation>
    </message>
    <message>
        <source>The files keep too little of the frames: SSIM %1, less than %2.</source>
        <translation>Die Dateien bewahren zu wenig von den Bildern: SSIM %1, weniger als %2.</translation>
    </message>
    <message>
        <source>%1 clips wait, more than %2.</source>
        <translation>%1 Clips warten, mehr als %2.</translation>
    </message>
    <message>
        <source>Nobody is connected.</source>
        <translation>Niemand ist verbunden.</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>In the browser</source>
        <translation>Im Browser</translation>
    </message>
    <message>
        <source>In the browser · %1 connected</source>
        <translation>Im Browser · %1 verbunden</translation>
    </message>
    <message>
        <source>In the browser · not well</source>
        <translation>Im Browser · etwas stimmt nicht</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Any free one</source>
        <translation>Irgendein freier</translation>
    </message>
    <message>
        <source>Measured at %1x%2, the size of the smaller clip</source>
        <translation>Gemessen bei %1x%2, der Größe des kleineren Clips</translation>
    </message>
    <message>
        <source>Price of an hour</source>
        <translation>Preis einer Stunde</translation>
    </message>
    <message>
        <source>Of this machine, in whatever currency: /metrics tells what each clip costs by it.</source>
        <translation>Dieses Rechners, in beliebiger Währung: /metrics sagt, was jeder Clip danach kostet.</translation>
        <source>Loop it: fade the end into the start</source>
        <translation>Zur Schleife machen: Das Ende geht in den Anfang über</translation>
    </message>
    <message>
        <source>Loop it: forwards and backwards</source>
        <translation>Zur Schleife machen: vorwärts und rückwärts</translation>
    </message>
    <message>
        <source>Begin the next clip with its last frame</source>
        <translation>Den nächsten Clip mit seinem letzten Bild beginnen</translation>
    </message>
    <message>
        <source>Join %1 clips, the oldest first</source>
        <translation>%1 Clips aneinanderfügen, der älteste zuerst</translation>
    </message>
    <message>
        <source>Make a clip of the marked part</source>
        <translation>Aus dem markierten Teil einen Clip machen</translation>
    </message>
    <message>
        <source>Make a loop: fade the end into the start</source>
        <translation>Eine Schleife machen: Das Ende geht in den Anfang über</translation>
    </message>
    <message>
        <source>Make a loop: forwards and backwards</source>
        <translation>Eine Schleife machen: vorwärts und rückwärts</translation>
    </message>
    <message>
        <source>Join the clips that are chosen in the strip</source>
        <translation>Die im Filmstreifen gewählten Clips aneinanderfügen</translation>
    </message>
    <message>
        <source>Begin the next clip with the last frame</source>
        <translation>Den nächsten Clip mit dem letzten Bild beginnen</translation>
    </message>
    <message>
        <source>Mark a part of a clip first: I says where it begins, O where it ends.</source>
        <translation>Markieren Sie zuerst einen Teil eines Clips: I setzt den Anfang, O das Ende.</translation>
    </message>
    <message>
        <source>There is no finished clip on the stage.</source>
        <translation>Auf der Bühne ist kein fertiger Clip.</translation>
    </message>
    <message>
        <source>Choose two clips or more: Ctrl and a click adds one.</source>
        <translation>Wählen Sie zwei oder mehr Clips: Strg und ein Klick nimmt einen dazu.</translation>
    </message>
    <message>
        <source>This model starts from no picture: choose another model.</source>
        <translation>Dieses Modell beginnt nicht mit einem Bild: Wählen Sie ein anderes Modell.</translation>
    </message>
    <message>
        <source>The next clip begins with the last frame of %1</source>
        <translation>Der nächste Clip beginnt mit dem letzten Bild von %1</translation>
    </message>
    <message>
        <source>Nothing was made. The clips are as they were.</source>
        <translation>Es wurde nichts gemacht. Die Clips sind unverändert.</translation>
    </message>
    <message>
        <source>Making a clip of %1: %2 %</source>
        <translation>Aus %1 wird ein Clip gemacht: %2 %</translation>
    </message>
    <message>
        <source>Made %1. %2 clips of another size were cut to the first one's.</source>
        <translation>%1 ist fertig. %2 Clips anderer Größe wurden auf die des ersten zugeschnitten.</translation>
    </message>
    <message>
        <source>Made %1</source>
        <translation>%1 ist fertig</translation>
    </message>
    <message>
        <source>Made of</source>
        <translation>Gemacht aus</translation>
    </message>
    <message>
        <source>%1, frames %2 to %3</source>
        <translation>%1, Bilder %2 bis %3</translation>
    </message>
    <message>
        <source>Pause now and free the memory</source>
        <translation>Jetzt anhalten und den Speicher freigeben</translation>
    </message>
    <message>
        <source>The memory is free for other programs. What was begun goes on from its last step.</source>
        <translation>Der Speicher ist frei für andere Programme. Was begonnen war, geht bei seinem letzten Schritt weiter.</translation>
    </message>
    <message>
        <source>After step %1: %2</source>
        <translation>Nach Schritt %1: %2</translation>
    </message>
    <message>
        <source>guidance %1</source>
        <translation>Führung %1</translation>
    </message>
    <message>
        <source>changes at a step</source>
        <translation>Änderungen ab einem Schritt</translation>
    </message>
    <message>
        <source>Another way</source>
        <translation>Ein anderer Weg</translation>
    </message>
    <message>
        <source>Steps that stay</source>
        <translation>Schritte, die bleiben</translation>
    </message>
    <message>
        <source> of %1 steps</source>
        <translation> von %1 Schritten</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>Los</translation>
    </message>
    <message>
        <source>Go another way from this step</source>
        <translation>Ab diesem Schritt einen anderen Weg gehen</translation>
    </message>
    <message>
        <source>Change the prompt or the guidance first: the other way begins with them.</source>
        <translation>Ändern Sie zuerst den Prompt oder die Führung: damit beginnt der andere Weg.</translation>
    </message>
    <message>
        <source>This clip was made in one step: there is no other way on it.</source>
        <translation>Dieser Clip entstand in einem Schritt: auf ihm gibt es keinen anderen Weg.</translation>
    </message>
    <message>
        <source>The clip is the same up to a step, and then: %1</source>
        <translation>Der Clip ist bis zu einem Schritt derselbe, und dann: %1</translation>
    </message>
    <message>
        <source>The later the step, the more stays as it was.</source>
        <translation>Je später der Schritt, desto mehr bleibt, wie es war.</translation>
    </message>
    <message>
        <source>Still first…</source>
        <translation>Erst ein Standbild…</translation>
    </message>
    <message>
        <source>Draw stills of the prompt, and begin with one</source>
        <translation>Standbilder zum Prompt zeichnen und mit einem beginnen</translation>
    </message>
    <message>
        <source>Draws a few stills of the prompt within seconds. The clip begins with the one that you choose.</source>
        <translation>Zeichnet in Sekunden einige Standbilder zum Prompt. Der Clip beginnt mit dem, das du wählst.</translation>
    </message>
    <message>
        <source>Stills to begin with</source>
        <translation>Standbilder für den Anfang</translation>
    </message>
    <message>
        <source>K keeps · D drops · Enter begins the clip with it</source>
        <translation>K behält · D verwirft · Enter beginnt den Clip damit</translation>
    </message>
    <message>
        <source>Begin with this one</source>
        <translation>Mit diesem beginnen</translation>
    </message>
    <message>
        <source>All are drawn</source>
        <translation>Alle sind gezeichnet</translation>
    </message>
    <message>
        <source>Type a prompt first: the stills are of it.</source>
        <translation>Schreib erst einen Prompt: Ihn zeigen die Standbilder.</translation>
    </message>
    <message>
        <source>The clip begins with this still. Generate makes it move.</source>
        <translation>Der Clip beginnt mit diesem Standbild. Erzeugen bringt es in Bewegung.</translation>
    </message>
    <message>
        <source>The still is in the library: this model does not begin with a picture.</source>
        <translation>Das Standbild ist in der Bibliothek: Dieses Modell beginnt nicht mit einem Bild.</translation>
    </message>
    <message>
        <source>Goes on from</source>
        <translation>Geht weiter von</translation>
    </message>
    <message>
        <source>%1: “%2”, %3, seed %4</source>
        <translation>%1: „%2“, %3, Seed %4</translation>
    </message>
    <message>
        <source>still</source>
        <translation>Standbild</translation>
    </message>
    <message>
        <source>a still</source>
        <translation>ein Standbild</translation>
    </message>
    <message>
        <source>Add one between</source>
        <translation>Eins dazwischen</translation>
    </message>
    <message>
        <source>Add a picture between first and last</source>
        <translation>Ein Bild zwischen erstem und letztem hinzufügen</translation>
    </message>
    <message>
        <source>A picture that the clip comes by. It stands in the middle of the widest gap; its menu moves it.</source>
        <translation>Ein Bild, an dem der Clip vorbeikommt. Es steht in der Mitte der größten Lücke; sein Menü verschiebt es.</translation>
    </message>
    <message>
        <source>At %1 s</source>
        <translation>Bei %1 s</translation>
    </message>
    <message>
        <source>Move to another time…</source>
        <translation>An eine andere Zeit verschieben…</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>Das Bild verschieben</translation>
    </message>
    <message>
        <source>Seconds from the begin of the clip</source>
        <translation>Sekunden ab dem Anfang des Clips</translation>
    </message>
    <message>
        <source>Another picture stands there already.</source>
        <translation>Dort steht schon ein anderes Bild.</translation>
        <source>JPEG · a picture a frame, opens everywhere</source>
        <translation>JPEG · ein Bild je Bild des Clips, überall zu öffnen</translation>
    </message>
    <message>
        <source>AVIF · a picture a frame, small</source>
        <translation>AVIF · ein Bild je Bild des Clips, klein</translation>
    </message>
    <message>
        <source>%1 from %2 s</source>
        <translation>%1 ab %2 s</translation>
    </message>
    <message>
        <source>%1 from step %2</source>
        <translation>%1 ab Schritt %2</translation>
    </message>
    <message>
        <source>then</source>
        <translation>dann</translation>
    </message>
    <message>
        <source>Values side by side…</source>
        <translation>Werte nebeneinander…</translation>
    </message>
    <message>
        <source>Values side by side</source>
        <translation>Werte nebeneinander</translation>
    </message>
    <message>
        <source>A quick look at each: one value after the other, or every pair of two.</source>
        <translation>Ein schneller Blick auf jeden: ein Wert nach dem anderen oder alle Paare aus zweien.</translation>
    </message>
    <message>
        <source>Downwards</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Across</source>
        <translation>Nach rechts</translation>
    </message>
    <message>
        <source>What will be drawn</source>
        <translation>Was gezeichnet wird</translation>
    </message>
    <message>
        <source>Draw them</source>
        <translation>Zeichnen</translation>
    </message>
    <message>
        <source>%1: what changes</source>
        <translation>%1: was sich ändert</translation>
    </message>
    <message>
        <source>%1: its values, with commas</source>
        <translation>%1: die Werte, mit Kommas</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>presets</source>
        <translation>Vorlagen</translation>
    </message>
    <message>
        <source>Words and settings that you keep and use again</source>
        <translation>Wörter und Einstellungen, die aufgehoben und wieder verwendet werden</translation>
    </message>
    <message>
        <source>Keep as a preset</source>
        <translation>Als Vorlage aufheben</translation>
    </message>
    <message>
        <source>Words for the prompt</source>
        <translation>Wörter für den Prompt</translation>
    </message>
    <message>
        <source>{prompt}, watercolour, soft light</source>
        <translation>{prompt}, Aquarell, weiches Licht</translation>
    </message>
    <message>
        <source>{prompt} stands for what you type; without it the words come behind.</source>
        <translation>{prompt} steht für den geschriebenen Prompt; ohne es kommen die Wörter dahinter.</translation>
    </message>
    <message>
        <source>Of the settings</source>
        <translation>Von den Einstellungen</translation>
    </message>
    <message>
        <source>negative prompt</source>
        <translation>negativer Prompt</translation>
    </message>
    <message>
        <source>size and length</source>
        <translation>Größe und Länge</translation>
    </message>
    <message>
        <source>steps, guidance and scheduler</source>
        <translation>Schritte, Führung und Scheduler</translation>
    </message>
    <message>
        <source>What will be kept</source>
        <translation>Was aufgehoben wird</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Aufheben</translation>
    </message>
    <message>
        <source>In place of the preset of that name.</source>
        <translation>Anstelle der Vorlage dieses Namens.</translation>
    </message>
    <message>
        <source>None kept yet</source>
        <translation>Noch keine aufgehoben</translation>
    </message>
    <message>
        <source>Keep these settings as a preset…</source>
        <translation>Diese Einstellungen als Vorlage aufheben…</translation>
    </message>
    <message>
        <source>Open the folder of presets</source>
        <translation>Ordner der Vorlagen öffnen</translation>
    </message>
    <message>
        <source>Without the words of “%1”</source>
        <translation>Ohne die Wörter von „%1“</translation>
    </message>
    <message>
        <source>Preset “%1” is set</source>
        <translation>Vorlage „%1“ ist gesetzt</translation>
    </message>
    <message>
        <source>“%1” is kept: choose it under “presets” above the prompt</source>
        <translation>„%1“ ist aufgehoben: zu finden unter „Vorlagen“ über dem Prompt</translation>
    </message>
    <message>
        <source>preset removed</source>
        <translation>Vorlage entfernt</translation>
    </message>
    <message>
        <source>“%1” is removed</source>
        <translation>„%1“ ist entfernt</translation>
    </message>
    <message>
        <source>Choose a preset</source>
        <translation>Eine Vorlage wählen</translation>
    </message>
    <message>
        <source>A first look at these settings</source>
        <translation>Ein erster Blick auf diese Einstellungen</translation>
    </message>
    <message>
        <source>A first look appears here when you stop writing.</source>
        <translation>Ein erster Blick erscheint hier, sobald das Schreiben ruht.</translation>
    </message>
    <message>
        <source>A first look is drawn…</source>
        <translation>Ein erster Blick wird gezeichnet …</translation>
    </message>
    <message>
        <source>A first look. Generate goes on from it.</source>
        <translation>Ein erster Blick. Erzeugen geht davon aus weiter.</translation>
    </message>
    <message>
        <source>A look while I write</source>
        <translation>Ein Blick beim Schreiben</translation>
    </message>
    <message>
        <source>While nothing is computed, a first look at the settings is drawn above the Generate button.</source>
        <translation>Solange nichts gerechnet wird, entsteht über dem Knopf zum Erzeugen ein erster Blick auf die Einstellungen.</translation>
    </message>
    <message>
        <source>The next first look waits for the clip.</source>
        <translation>Der nächste erste Blick wartet auf den Clip.</translation>
        <source>Model of the draft</source>
        <translation>Modell des Entwurfs</translation>
    </message>
    <message>
        <source>A smaller or quicker model shows sooner what the clip may become.</source>
        <translation>Ein kleineres oder schnelleres Modell zeigt früher, was aus dem Clip werden kann.</translation>
    </message>
    <message>
        <source>by the clip&apos;s own model</source>
        <translation>vom Modell des Clips selbst</translation>
    </message>
    <message>
        <source>by %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>first a draft by %1</source>
        <translation>zuerst ein Entwurf von %1</translation>
    </message>
    <message>
        <source>draft by</source>
        <translation>Entwurf von</translation>
    </message>
    <message>
        <source>fp32 gives the reference&apos;s picture; bf16 is faster and smaller on a graphics card, and what is chosen there automatically. fp8 keeps the model&apos;s weights in half of bf16&apos;s memory, and changes the picture a little.</source>
        <translation>fp32 gibt das Bild der Referenz; bf16 ist auf einer Grafikkarte schneller und kleiner und wird dort von selbst gewählt. fp8 hält die Gewichte des Modells im halben Speicher von bf16 und ändert das Bild ein wenig.</translation>
    </message>
    <message>
        <source>How exact the numbers are. bf16 takes half the memory and is faster on a graphics card; fp32 is the reference. fp8 halves the model&apos;s weights once more and changes the picture a little. Automatic takes what is best on this device, and never fp8.</source>
        <translation>Wie genau gerechnet wird. bf16 braucht halb so viel Speicher und ist auf einer Grafikkarte schneller; fp32 ist die Referenz. fp8 halbiert die Gewichte des Modells noch einmal und ändert das Bild ein wenig. Automatisch nimmt, was auf diesem Gerät am besten ist, und nie fp8.</translation>
    </message>
    <message>
        <source>Keep the weights in fp8</source>
        <translation>Gewichte in fp8 halten</translation>
    </message>
    <message>
        <source>The weights are fp8 now</source>
        <translation>Die Gewichte sind jetzt fp8</translation>
    </message>
</context>
</TS>

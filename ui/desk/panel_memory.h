// What the settings panel and the player remember between two starts.
#pragma once

namespace rushes::ui {

class Player;
class RecipePanel;
class Settings;

void recallPanel(RecipePanel& panel, Player& player, const Settings& settings);
void rememberPanel(RecipePanel& panel, const Player& player, Settings& settings);

} // namespace rushes::ui

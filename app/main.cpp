// Parses and hands over: what a command needs is loaded when it is known which one it is.
#include "start.h"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
    try {
        return rushes::start(rushes::parse_command_line(argc, argv));
    } catch (const std::exception& error) {
        std::cerr << "rushes: " << error.what() << '\n';
        return rushes::exit_failed;
    }
}

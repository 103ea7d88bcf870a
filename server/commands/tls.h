/* `plenum tls init|show`. argv[0] is the word "tls"; returns the program's exit code. */
#ifndef PLENUM_SERVER_COMMANDS_TLS_H
#define PLENUM_SERVER_COMMANDS_TLS_H

int command_tls(int argc, char **argv);

#endif

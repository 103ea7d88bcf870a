/* The commands of the program `plenum`: each takes its own arguments (argv[0] is the command's name), prints what is wrong on standard error, and gives the
 * exit code: 0 fine, 1 refused or failed, 2 wrong usage. */
#ifndef PLENUM_SERVER_COMMANDS_H
#define PLENUM_SERVER_COMMANDS_H

int command_serve(int argc, char **argv);

#endif

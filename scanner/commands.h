/* The commands of plenum-scanner; each returns the program's exit code. argv[0] is the command's own name. */
#ifndef PLENUM_SCANNER_COMMANDS_H
#define PLENUM_SCANNER_COMMANDS_H

/* Pairing, and the door itself. */
int command_run(int argc, char **argv);
/* One JSON line a picture. */
int command_decode(int argc, char **argv);
/* What waits, and what was set aside. */
int command_queue(int argc, char **argv);
/* Takes a scan of this gate back. */
int command_undo(int argc, char **argv);

#define SPOOL_DEFAULT "./plenum-spool"

#endif

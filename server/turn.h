/* Slices of long work through the server's one writer, in turn with check-ins. */
#ifndef PLENUM_SERVER_TURN_H
#define PLENUM_SERVER_TURN_H

#include "core/congress/list_import/list_import.h"
#include "server/app.h"

/* `run` waits for its turn: never on the writer's thread, nor on one that answers. */
struct list_import_door turn_door(struct app *app);

#endif

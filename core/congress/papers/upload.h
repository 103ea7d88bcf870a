/* Files on their way into the data folder, in pieces, so that a line that breaks costs one piece and not the file.
 *
 *     DIR/uploads/ID.json   what it is to become (written whole or not at all)
 *     DIR/uploads/ID.part   its bytes so far; their number is the offset at which it goes on
 *
 * No state in memory and none in the database: a server that was killed goes on with what lies there. A piece is answered after its fdatasync; a piece
 * that could not be written whole is cut away again. (The length of a file on disk never covers bytes that are not there yet: journalling
 * file systems grow it after the data.) One piece at a time goes into an upload (a lock on the file), any number of uploads at once.
 *
 * Thread-safe; disk work: not on a request thread. */
#ifndef PLENUM_CONGRESS_PAPERS_UPLOAD_H
#define PLENUM_CONGRESS_PAPERS_UPLOAD_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UPLOADS_MOST 200                        /* at once, of all events */
#define UPLOAD_BYTES_MOST (INT64_C(512) << 20)  /* of one */
#define UPLOADS_BYTES_MOST (INT64_C(8) << 30)   /* of all together */
#define UPLOAD_PIECE_MOST (4u << 20)
#define UPLOAD_KEEP_MS (INT64_C(24) * 3600 * 1000) /* an unfinished one after its last piece */
#define UPLOAD_ID_SIZE 37
#define UPLOAD_SPARE (INT64_C(64) << 20)        /* of the disk, for the check-ins */

#define UPLOAD_ROOM_WORK "our_work"
#define UPLOAD_ROOM_WELCOME "welcome"
#define UPLOAD_ROOM_EMBLEM "emblem"

struct upload {
    char id[UPLOAD_ID_SIZE];
    const char *event, *document; /* slug; code, NULL: a new paper */
    const char *room;             /* NULL: papers; else an UPLOAD_ROOM: for a wall, and `document` is NULL */
    const char *name;             /* as its sender calls it, without folders */
    const char *mark;             /* with what the sender knows it again (its time of change); "" when it does not */
    const char *actor;
    const char *problem;          /* why it cannot become a paper; NULL: nothing is wrong */
    const char *reason, *detail;  /* of the problem, as in a fault; NULL: none */
    int64_t size, offset, begun_ms, touched_ms;
    int64_t longest;              /* of a wish: bytes at most, and of all together; 0: UPLOAD_BYTES_MOST, UPLOADS_BYTES_MOST */
};

/* A new one, or the unfinished one of the same event, document, sender, name, size and mark. ERR_INPUT: name or size; ERR_LIMIT: too large, or too
 * many; ERR_FULL: the disk has no room for it. */
enum err upload_begin(struct arena *arena, const char *folder, const struct upload *wish, int64_t now_ms, struct upload *ret, struct fault *fault);
/* ERR_NOT_FOUND. `id` may be any text. */
enum err upload_find(struct arena *arena, const char *folder, const char *id, struct upload *ret, struct fault *fault);
/* Appends at `offset`. ERR_CONFLICT: it goes on elsewhere (ret->offset says where); ERR_BUSY: another piece is being written; ERR_FULL: nothing of it was
 * kept. *ret is the upload afterwards, set also on ERR_CONFLICT. */
enum err upload_append(struct arena *arena, const char *folder, const char *id, int64_t offset, const void *data, size_t length, struct upload *ret,
                       struct fault *fault);
/* The uploads of an event (NULL: of all), oldest first. Removes those that nobody went on with. */
enum err upload_list(struct arena *arena, const char *folder, const char *event, int64_t now_ms, struct upload **ret, size_t *ret_count);
bool upload_is_whole(const struct upload *upload);
/* The path of its bytes. */
char *upload_path(struct arena *arena, const char *folder, const struct upload *upload);
/* It cannot become a paper: its bytes go, the sentence stays to be read. */
enum err upload_refuse(struct arena *arena, const char *folder, const struct upload *upload, const struct fault *why, struct fault *fault);
/* Gone without a trace; accepts one that is gone. */
void upload_remove(const char *folder, const char *id);

#endif

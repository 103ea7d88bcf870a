#include "badges/photos.h"

#include "core/base/file.h"

#include <stdlib.h>

#define AHEAD 32 /* photos in work */

struct job {
    struct crew_piece piece;
    const char *path;
    const struct photo_wish *wish;
    struct arena arena;
    struct photo photo;
    enum err result;
    struct fault fault;
};

static void make_photo(void *data)
{
    struct job *job = data;
    char *bytes = NULL;
    size_t length = 0;
    job->fault.text[0] = '\0';
    job->result = file_read(&job->arena, job->path, PHOTO_FILE_MOST, &bytes, &length, &job->fault);
    if (job->result == OK) job->result = photo_make_apart(&job->arena, bytes, length, job->wish, &job->photo, &job->fault);
}

struct loading {
    struct badge *badges;
    struct arena *arena;
    struct photo_list list;
    size_t flaw_capacity;
};

static enum err take_photo(struct loading *l, const struct job *job, size_t index)
{
    if (job->result != OK) {
        if (arena_grow(l->arena, &l->list.flaws, &l->flaw_capacity, l->list.flaw_count, sizeof *l->list.flaws) != 0) return ERR_NOMEM;
        const char *sentence = arena_strdup(l->arena, job->fault.text[0] ? job->fault.text : err_name(job->result));
        l->list.flaws[l->list.flaw_count++] = (struct photo_flaw){.index = index, .sentence = sentence};
        return sentence ? OK : ERR_NOMEM;
    }
    struct photo *kept = arena_memdup(l->arena, &job->photo, sizeof job->photo);
    if (kept) kept->data = arena_memdup(l->arena, job->photo.data, job->photo.length);
    if (!kept || !kept->data) return ERR_NOMEM;
    l->badges[index].photo = kept;
    l->list.read++;
    return OK;
}

enum err photos_load(struct badge *badges, const char *const *paths, size_t count, const struct photo_wish *wish, unsigned threads, struct arena *arena,
                     bool (*on_progress)(void *data, size_t done, size_t total), void *progress_data, struct photo_list *ret, struct fault *fault)
{
    struct loading l = {.badges = badges, .arena = arena};
    struct crew *crew = NULL;
    struct job *jobs = calloc(AHEAD, sizeof *jobs);
    enum err e = jobs ? crew_new(threads, &crew) : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count + AHEAD; i++) {
        struct job *job = &jobs[i % AHEAD];
        if (i >= AHEAD && i - AHEAD < count && paths[i - AHEAD]) {
            crew_finish(crew, &job->piece);
            e = take_photo(&l, job, i - AHEAD);
            arena_clear(&job->arena);
            if (e == OK && on_progress && !on_progress(progress_data, i - AHEAD + 1, count)) e = fault_set(fault, ERR_TIMEOUT, "stopped");
        }
        if (e != OK || i >= count || !paths[i]) continue;
        job->path = paths[i];
        job->wish = wish;
        job->piece = (struct crew_piece){.run = make_photo, .data = job};
        crew_give(crew, &job->piece);
    }
    crew_free(crew);
    for (size_t i = 0; jobs && i < AHEAD; i++) arena_release(&jobs[i].arena);
    free(jobs);
    if (e == OK) *ret = l.list;
    return e == OK || e == ERR_TIMEOUT ? e : fault_set(fault, e, "no memory for photos");
}

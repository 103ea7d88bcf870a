#include "server/photo_job.h"
#include "core/base/clock.h"
#include "server/access.h"

#include <string.h>

struct running {
    struct photo_job *job;
    void (*then)(struct http_request *req);
    struct blob blob;
    bool had, changed;
    char code[128];
};

static enum err match(struct db *db, struct http_request *req, struct running *r, bool *ret_is_whose)
{
    struct photo_job *job = r->job;
    struct arena arena = {0}; /* the people of a large event do not fit into a request */
    struct photo_people people = {0};
    struct photo_index *index = NULL;
    struct photo_match found = {0};
    enum err e = photo_people_load(db, &arena, http_param(req, "event"), NULL, &people, &job->fault);
    if (e == OK) e = photo_index_make(&arena, people.items, people.count, &index);
    if (e == OK) e = photo_match_file(index, &arena, job->file_name, NULL, &found);
    *ret_is_whose = e == OK && found.found == PHOTO_MATCHED;
    job->why = found.why;
    job->outcome = found.found == PHOTO_DOUBTFUL ? "doubtful" : "unknown";
    for (size_t i = 0; e == OK && i < found.count; i++)
        if (json_array_append_new(job->people, photo_person_json(&people.items[found.people[i]])) != 0) e = ERR_NOMEM;
    if (*ret_is_whose) {
        (void)snprintf(r->code, sizeof r->code, "%s", people.items[found.people[0]].code);
        r->had = people.items[found.people[0]].photo_blob != NULL;
    }
    arena_release(&arena);
    return e;
}

static enum err find(struct db *db, struct http_request *req, struct running *r)
{
    struct photo_job *job = r->job;
    const char *sha256 = NULL;
    struct register_person person;
    enum err e = job->of_register ? register_person_by_code(db, req->arena, job->person, &person)
                                  : photo_find(db, req->arena, http_param(req, "event"), job->person, &sha256);
    if (e == OK && job->of_register) sha256 = person.photo_blob;
    if (e == ERR_NOT_FOUND) return fault_set(&job->fault, e, "there is no delegate \"%.100s\" in this event", job->person);
    (void)snprintf(r->code, sizeof r->code, "%s", job->person);
    r->had = sha256 != NULL;
    job->why = "chosen";
    if (e == OK && json_array_append_new(job->people, json_pack("{s:s}", "code", job->person)) != 0) e = ERR_NOMEM;
    return e;
}

static void work(struct http_request *req, void *thread_state)
{
    struct running *r = req->state;
    struct photo_job *job = r->job;
    struct worker *worker = thread_state;
    bool is_whose = true;
    job->result = !worker ? ERR_BUSY : job->person ? find(worker->db, req, r) : match(worker->db, req, r, &is_whose);
    if (job->result != OK || !is_whose) return;
    struct fault why = {0};
    enum err e = photo_take(req->arena, app_of(req)->store.folder, job->data, job->length, &r->blob, &why);
    if (e == OK) {
        r->changed = true;
        return;
    }
    if (e != ERR_INPUT && e != ERR_LIMIT) {
        job->result = e;
        job->fault = why;
        return;
    }
    job->outcome = "refused";
    job->why = arena_strdup(req->arena, why.text);
    if (!job->why) job->result = ERR_NOMEM;
}

static enum err apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct running *r = req->state;
    int64_t now_ms = clock_now_ms();
    bool changed = false;
    struct register_doing doing = {.db = db, .arena = req->arena, .ids = &tools->ids, .at_ms = now_ms, .actor = actor_of(req), .source = "photos", .fault = fault};
    enum err e = register_begin(&doing);
    if (e == OK) e = photo_set(&doing, r->code, &r->blob, &changed);
    if (e == OK && changed) e = audit_write(db, now_ms, actor_of(req), "photo", r->code, NULL);
    r->changed = changed;
    return e == OK ? OK : db_fault(db, e, fault, "store the photo");
}

static void end(struct http_request *req)
{
    struct running *r = req->state;
    req->state = r->job;
    r->then(req);
}

static void after_write(struct http_request *req)
{
    struct running *r = req->state;
    const struct fault *fault = NULL;
    r->job->result = write_result(req, &fault);
    if (fault) r->job->fault = *fault;
    r->job->outcome = !r->changed ? "same" : r->had ? "replaced" : "new";
    end(req);
}

static void after_work(struct http_request *req)
{
    struct running *r = req->state;
    if (r->job->result == OK && r->changed) request_write(req, apply, after_write);
    else end(req);
}

static void release_people(void *people)
{
    json_decref(people);
}

void photo_job_run(struct http_request *req, struct photo_job *job, void (*then)(struct http_request *req))
{
    struct running *r = arena_alloc(req->arena, sizeof *r);
    job->people = json_array();
    if (!r || !job->people || http_at_end(req, release_people, job->people) != OK) {
        json_decref(job->people);
        reply_reason(req, REASON_busy);
        return;
    }
    *r = (struct running){.job = job, .then = then};
    req->state = r;
    req->resume = after_work;
    http_run_in_pool(req, app_of(req)->pool, work);
}

/* Forms of the register: lines for house_field.html, each with what is wrong with it beside it, and with what somebody else wrote while the form was open. Private to
 * server/pages. */
#ifndef PLENUM_SERVER_PAGES_REGISTER_FORM_H
#define PLENUM_SERVER_PAGES_REGISTER_FORM_H

#include "core/congress/register/sensitive.h"
#include "server/pages/register.h"

/* What came of a form that was sent, for the page that shows it again. */
struct register_said {
    int status;          /* 0: nothing was sent */
    const char *problem; /* above the form */
    const char *wrong;   /* name of the control that it is about; NULL: of none */
    const char *why;     /* beside it */
    bool is_changed;     /* somebody was faster */
};
/* False: it is nothing that the sender can put right. */
bool register_said_of(struct http_request *req, enum err error, const struct fault *fault, struct register_said *ret);

/* A page with a form: req->state of its handlers. */
struct register_ask {
    struct register_said said;
    void (*page)(struct http_request *req, void *thread_state);
    const char *to;  /* where what was written leads: set by what writes */
    const char *act; /* what was sent as do=; NULL: nothing was sent */
    void *more;      /* the page's own */
};
/* For an organiser of all events, else the reply is made and NULL. */
struct register_ask *register_ask_begin(struct http_request *req, void (*page)(struct http_request *req, void *thread_state));
void register_ask_show(struct http_request *req); /* runs `page` in the pool */
/* Writes, then leads to `to`; what was refused is shown on the page. */
void register_ask_write(struct http_request *req, write_apply *apply);
/* For what writes: as register_begin left it; `day` NULL: today. */
enum err register_doing_begin(struct register_doing *doing, struct db *db, struct http_request *req, struct write_tools *tools, const char *day, struct fault *fault);

struct register_form {
    const char *prefix; /* of ids, where a page has several forms; "" */
    struct register_view *r;
    const struct register_said *said;
    const char *tags[ANNOUNCEMENT_LANGUAGES]; /* the organisation's languages */
    size_t tag_count;
    const struct register_change *since;      /* what was written since the form was made, the newest first */
    size_t since_count;
    json_t *lines;                            /* borrowed from the view: "PREFIXlines" */
};
/* `said` as above. `changes`: the newest of whom the form is about, and what the form had seen of them. */
enum err register_form_begin(struct register_form *form, struct register_view *r, const struct register_said *said, const char *prefix);
void register_form_since(struct register_form *form, const struct register_change *changes, size_t count, int64_t seen);

enum register_line_kind {
    LINE_TEXT,
    LINE_WHEN,  /* a day or a year, typed */
    LINE_DATE,  /* a day, by the browser's calendar; as it is stored */
    LINE_PHONE,
    LINE_EMAIL,
    LINE_NUMBER
};
struct register_line_of {
    const char *name;  /* of the control, and of the field that changes are called by */
    const char *label;
    const char *value; /* as it is stored; NULL: none */
    enum register_line_kind kind;
    const char *how;   /* NULL: nothing is to be said */
    bool needed;
};
void register_form_line(struct register_form *form, const struct register_line_of *line);

struct register_option {
    const char *code, *title;
};
void register_form_choice(struct register_form *form, const char *name, const char *label, const char *value, const struct register_option *options, size_t count);
/* One of the units that go on, or (`none` not NULL) none; `value` and what is sent: its code. `except` and what is beneath it is left out; 0: nothing is. */
enum err register_form_unit(struct register_form *form, const char *name, const char *label, const char *value, const char *none, int64_t except);
/* A text in the organisation's languages, controls NAME_TAG. */
void register_form_words(struct register_form *form, const char *name, const char *label, const char *stored, bool needed);
/* What was sent of it, as it is stored: languages that the form does not have stay. NULL: nothing of it was sent, or it is what it was. */
const char *register_form_read_words(struct http_request *req, struct db *db, const char *name, const char *stored);
/* An attribute by its kind; control "attribute:CODE". */
void register_form_value(struct register_form *form, const struct register_value *value);
/* What was sent of it as canonical JSON; *ret_sent false: nothing. NULL: none any more. */
const char *register_form_read_value(struct http_request *req, const char *type, const char *kind, bool *ret_sent);

/* "3/2/1980", "3.2.1980", "1980", "1980-02-03" as it is stored; anything else as it is, to be refused. */
const char *register_read_when(struct arena *arena, const char *typed);

#endif

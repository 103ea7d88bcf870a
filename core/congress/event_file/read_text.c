/* Kinds of values that are one text: each reader checks and tidies, and names what is wrong in words. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/event_file/plan.h"
#include "core/congress/our_work/our_work.h"
#include "core/congress/person_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 4096
#define PATH_MOST 512
#define URL_MOST 2048

static enum err wrong(const struct reading *r, const char *text, const char *what)
{
    return json_fault(r->fault, r->place, "\"%.200s\" is not %s", text, what);
}

/* NULL, with the fault set, when it is no text. */
static const char *plain(const struct reading *r)
{
    if (!json_is_string(r->json)) (void)json_fault(r->fault, r->place, "must be a text");
    return json_string_value(r->json);
}

static enum err tidy(const struct reading *r, json_t *json, const struct json_place *place, size_t most, const char **ret)
{
    *ret = NULL;
    if (!json_is_string(json)) return json_fault(r->fault, place, "must be a text");
    const char *text = json_string_value(json);
    if (!text_is_printable(text)) return json_fault(r->fault, place, "has control characters");
    char *clean = text_tidy(r->plan->arena, text);
    if (!clean) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
    if (!*clean) return json_fault(r->fault, place, "is empty");
    if (text_length(clean) > most) return json_fault(r->fault, place, "longer than %zu characters", most);
    *ret = clean;
    return OK;
}

static enum err put(const struct reading *r, const char *text)
{
    *r->out = value_text(text);
    return OK;
}

static enum err read_text(const struct reading *r)
{
    const char *text;
    enum err e = tidy(r, r->json, r->place, r->field->most ? (size_t)r->field->most : TEXT_MOST, &text);
    return e == OK ? put(r, text) : e;
}

static enum err read_raw(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    if (!*text) return json_fault(r->fault, r->place, "is empty");
    if (!text_is_printable(text)) return json_fault(r->fault, r->place, "has control characters");
    if (strlen(text) > (size_t)r->field->most) return json_fault(r->fault, r->place, "longer than %d bytes", (int)r->field->most);
    return put(r, text);
}

static enum err read_code(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return text_is_code(text) ? put(r, text) : wrong(r, text, "a code (1 to 64 of A-Z a-z 0-9 . _ -)");
}

static enum err read_slug(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return text_is_slug(text) ? put(r, text) : wrong(r, text, "a slug (1 to 63 of a-z 0-9 -)");
}

static enum err read_zone(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return zone_is_known(text) ? put(r, text) : json_fault(r->fault, r->place, "no such time zone \"%.100s\"", text);
}

static enum err read_language(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return text_is_language(text) ? put(r, text) : wrong(r, text, "a language tag like vi, en, pt-BR");
}

static enum err read_color(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    bool good = text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
    return good ? put(r, text) : wrong(r, text, "a colour like #b01020");
}

static enum err read_url(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
    bool good = scheme && strlen(text) <= URL_MOST && text[scheme] && !strchr("/?#", text[scheme]);
    for (const char *p = text; good && *p; p++) good = (unsigned char)*p > ' ' && *p != '"' && *p != '<' && *p != '>' && *p != 0x7f;
    return good ? put(r, text) : wrong(r, text, "an address that begins with http:// or https://");
}

static enum err read_phone(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return person_phone_is_good(text) ? put(r, text) : wrong(r, text, "a phone number");
}

static enum err read_email(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return person_email_is_good(text) ? put(r, text) : wrong(r, text, "an e-mail address");
}

static enum err read_fraction(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    int above = 0, below = 0, used = 0;
    bool good = text[0] != '0' && strspn(text, "0123456789/") == strlen(text) && sscanf(text, "%4d/%4d%n", &above, &below, &used) == 2 &&
        text[used] == '\0' && above > 0 && below > 0;
    if (!good) return wrong(r, text, "a fraction like 2/3");
    if (above > below) return json_fault(r->fault, r->place, "\"%s\" is more than one", text);
    return put(r, text);
}

static enum err read_date(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return person_date_is_good(text) ? put(r, text) : wrong(r, text, "a date like 2026-12-01");
}

static enum err read_past(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    if (!person_day_is_good(text)) return wrong(r, text, "a year or a date like 1980-02-03");
    if (strncmp(text, r->plan->today, strlen(text)) > 0) return json_fault(r->fault, r->place, "\"%s\" is in the future", text);
    return put(r, text);
}

static enum err read_file(const struct reading *r)
{
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    if (strlen(text) > PATH_MOST) return json_fault(r->fault, r->place, "longer than %d bytes", PATH_MOST);
    if (r->plan->rechecking) return put(r, text);
    const struct blob *blob;
    enum err e = files_get(r->plan->files, text, r->place, &blob, r->fault);
    if (e != OK) return e;
    bool picture = strcmp(blob->media_type, "image/jpeg") == 0 || strcmp(blob->media_type, "image/png") == 0 || strcmp(blob->media_type, "image/webp") == 0;
    if (r->field->kind == FIELD_PICTURE && !picture) return json_fault(r->fault, r->place, "\"%.200s\" is not a JPEG, PNG or WebP picture", text);
    if (r->field->kind == FIELD_WORK && !our_work_may_show(text, blob->media_type))
        return json_fault(r->fault, r->place, "\"%.200s\" is not a JPEG, PNG or WebP picture, a PDF or Markdown (.md)", text);
    r->out[1] = value_text(blob->sha256);
    return put(r, text);
}

static enum err read_pages(const struct reading *r)
{
    int64_t first, last;
    const char *text = plain(r);
    if (!text) return ERR_INPUT;
    return our_work_pages_parse(text, &first, &last) ? put(r, text) : wrong(r, text, "a page or pages like 3 or 2-5");
}

/* Text, or an object of texts by language. */
enum err read_title(const struct reading *r, json_t **ret)
{
    const char *text;
    json_t *title = NULL;
    enum err e = OK;
    if (json_is_object(r->json)) {
        if (json_object_size(r->json) == 0) return json_fault(r->fault, r->place, "is empty");
        title = json_object();
        const char *language;
        json_t *value;
        json_object_foreach(r->json, language, value) {
            struct json_place here = {.up = r->place, .key = language};
            if (!text_is_language(language)) e = json_fault(r->fault, r->place, "\"%.60s\" is not a language tag like vi, en, pt-BR", language);
            else e = tidy(r, value, &here, TEXT_MOST, &text);
            if (e == OK && json_object_set_new(title, language, json_string(text)) != 0) e = ERR_NOMEM;
            if (e != OK) break;
        }
    } else if (json_is_string(r->json)) {
        e = tidy(r, r->json, r->place, TEXT_MOST, &text);
        if (e == OK) title = json_string(text);
    } else {
        return json_fault(r->fault, r->place, "must be a text or an object of texts by language");
    }
    if (e == OK && (!title || json_array_append(r->plan->keep, title) != 0)) e = fault_set(r->fault, ERR_NOMEM, "not enough memory");
    if (e == OK) *ret = title;
    json_decref(title);
    return e;
}

static enum err read_localized(const struct reading *r)
{
    json_t *title;
    enum err e = read_title(r, &title);
    if (e != OK) return e;
    const char *text = json_string_value(title);
    bool as_it_is = r->field->kind == FIELD_LABEL && text && text[0] != '{' && text[0] != '"';
    *r->out = value_text(as_it_is ? arena_strdup(r->plan->arena, text) : json_text(r->plan->arena, title));
    return r->out->text ? OK : fault_set(r->fault, ERR_NOMEM, "not enough memory");
}

field_reader *field_text_reader(enum field_kind kind)
{
    switch (kind) {
    case FIELD_CODE: return read_code;
    case FIELD_SLUG: return read_slug;
    case FIELD_TEXT: return read_text;
    case FIELD_RAW: return read_raw;
    case FIELD_TITLE:
    case FIELD_LABEL: return read_localized;
    case FIELD_ZONE: return read_zone;
    case FIELD_DATE: return read_date;
    case FIELD_PAST: return read_past;
    case FIELD_LANGUAGE: return read_language;
    case FIELD_COLOR: return read_color;
    case FIELD_URL: return read_url;
    case FIELD_PHONE: return read_phone;
    case FIELD_EMAIL: return read_email;
    case FIELD_FRACTION: return read_fraction;
    case FIELD_FILE:
    case FIELD_PICTURE:
    case FIELD_WORK: return read_file;
    case FIELD_PAGES: return read_pages;
    default: return NULL;
    }
}

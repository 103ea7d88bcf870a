#include "badges/layout/field.h"

#include "badges/layout/words.h"
#include "core/base/text.h"

#include <ctype.h>
#include <string.h>

static const char *const names[FIELD_COUNT] = {
    [FIELD_ORGANIZATION] = "organization", [FIELD_EVENT] = "event", [FIELD_DATES] = "dates", [FIELD_VENUE] = "venue", [FIELD_HONORIFIC] = "honorific",
    [FIELD_NAME] = "name", [FIELD_GIVEN_NAME] = "given_name", [FIELD_INITIALS] = "initials", [FIELD_TITLE] = "title", [FIELD_DELEGATION] = "delegation",
    [FIELD_CATEGORY] = "category", [FIELD_NUMBER] = "number", [FIELD_SEAT] = "seat", [FIELD_GROUP] = "group", [FIELD_ROOM] = "room",
    [FIELD_TRANSPORT] = "transport", [FIELD_DIET] = "diet", [FIELD_BADGE_BOX] = "badge_box", [FIELD_CODE] = "code", [FIELD_REISSUE] = "reissue",
    [FIELD_WIFI_NAME] = "wifi_name", [FIELD_WIFI_PASSWORD] = "wifi_password", [FIELD_DESK_PHONE] = "desk_phone", [FIELD_ADDRESS] = "address",
    [FIELD_BLANK] = "blank", [FIELD_NAMED] = "named", [FIELD_PHOTO] = "photo", [FIELD_LOGO] = "logo", [FIELD_PROGRAMME] = "programme", [FIELD_PAPERS] = "papers",
    [FIELD_LABEL_NUMBER] = "label_number", [FIELD_LABEL_SEAT] = "label_seat", [FIELD_LABEL_GROUP] = "label_group", [FIELD_LABEL_NAME] = "label_name",
    [FIELD_LABEL_TITLE] = "label_title", [FIELD_LABEL_DELEGATION] = "label_delegation", [FIELD_LABEL_ROOM] = "label_room",
    [FIELD_LABEL_TRANSPORT] = "label_transport", [FIELD_LABEL_PROGRAMME] = "label_programme", [FIELD_LABEL_PAPERS] = "label_papers",
    [FIELD_LABEL_WIFI] = "label_wifi", [FIELD_LABEL_DESK] = "label_desk", [FIELD_JOINED] = "joined",
    [FIELD_MEMBER_CARD] = "member_card", [FIELD_LABEL_JOINED] = "label_joined", [FIELD_LABEL_MEMBER_CARD] = "label_member_card"};

enum badge_field badge_field_find(const char *name, size_t length)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0) return (enum badge_field)i;
    return FIELD_COUNT;
}

static const char *last_word(const char *name)
{
    const char *space = name ? strrchr(name, ' ') : NULL;
    return space ? space + 1 : name;
}

static size_t first_letter(const char *text)
{
    const char *cursor = text;
    (void)text_next(&cursor);
    return (size_t)(cursor - text);
}

/* The first letters of the first and the last word, as written. */
static const char *make_initials(struct arena *arena, const char *name)
{
    char *tidy = name ? text_tidy(arena, name) : NULL;
    if (!tidy || !tidy[0]) return NULL;
    const char *last = last_word(tidy);
    if (last == tidy) return arena_strndup(arena, tidy, first_letter(tidy));
    const char *cursor = tidy;
    int32_t letter = text_next(&cursor);
    const char *apart = letter >= 0x0590 && letter < 0x0900 ? "\u200C" : ""; /* Arabic letters would join to another shape */
    return arena_printf(arena, "%.*s%s%.*s", (int)first_letter(tidy), tidy, apart, (int)first_letter(last), last);
}

/* "192.168.1.10:8080" of the badge's URL: where to type when no camera reads the code. */
static const char *make_address(struct arena *arena, const char *url)
{
    const char *host = url ? strstr(url, "://") : NULL;
    if (!host) return NULL;
    char *address = arena_strndup(arena, host + 3, strcspn(host + 3, "/"));
    for (char *p = address; p && *p; p++) *p = (char)tolower((unsigned char)*p);
    return address;
}

static const char *label_value(const struct badge_facts *facts, enum badge_field field)
{
    const struct badge_words *words = badge_words_find(facts->run->language);
    switch (field) {
    case FIELD_LABEL_NUMBER: return words->number;
    case FIELD_LABEL_SEAT: return words->seat;
    case FIELD_LABEL_GROUP: return words->group;
    case FIELD_LABEL_NAME: return words->name;
    case FIELD_LABEL_TITLE: return words->title;
    case FIELD_LABEL_DELEGATION: return words->delegation;
    case FIELD_LABEL_ROOM: return words->room;
    case FIELD_LABEL_TRANSPORT: return words->transport;
    case FIELD_LABEL_PROGRAMME: return words->programme;
    case FIELD_LABEL_PAPERS: return words->papers;
    case FIELD_LABEL_WIFI: return words->wifi;
    case FIELD_LABEL_DESK: return words->desk;
    case FIELD_LABEL_JOINED: return words->joined;
    case FIELD_LABEL_MEMBER_CARD: return words->member_card;
    default: return NULL;
    }
}

static const char *person_value(const struct badge_facts *facts, enum badge_field field)
{
    const struct badge *badge = facts->badge;
    switch (field) {
    case FIELD_HONORIFIC: return badge->honorific;
    case FIELD_NAME: return badge->blank ? NULL : badge->name;
    case FIELD_GIVEN_NAME: return badge->blank ? NULL : last_word(badge->name);
    case FIELD_INITIALS: return badge->blank ? NULL : make_initials(facts->arena, badge->name);
    case FIELD_TITLE: return badge->title;
    case FIELD_DELEGATION: return badge->delegation;
    case FIELD_CATEGORY: return badge->category_title;
    case FIELD_NUMBER: return badge->number;
    case FIELD_SEAT: return badge->seat;
    case FIELD_GROUP: return badge->group;
    case FIELD_ROOM: return badge->room;
    case FIELD_TRANSPORT: return badge->transport;
    case FIELD_DIET: return badge->diet;
    case FIELD_BADGE_BOX: return badge->badge_box;
    case FIELD_CODE: return badge->person_code;
    case FIELD_REISSUE: return badge->issue > 1 ? arena_printf(facts->arena, "%lld", (long long)badge->issue) : NULL;
    case FIELD_ADDRESS: return make_address(facts->arena, badge->url);
    case FIELD_JOINED: return badge->joined ? arena_strndup(facts->arena, badge->joined, strcspn(badge->joined, "-")) : NULL; /* the year */
    case FIELD_BLANK: return badge->blank ? "blank" : NULL;
    case FIELD_NAMED: return badge->blank ? NULL : "named";
    case FIELD_PHOTO: return badge->photo ? "photo" : NULL;
    case FIELD_PROGRAMME: return badge->programme_count ? "programme" : NULL;
    case FIELD_PAPERS: return badge->paper_count ? "papers" : NULL;
    default: return label_value(facts, field);
    }
}

const char *badge_field_value(const struct badge_facts *facts, enum badge_field field)
{
    const struct badge_run *run = facts->run;
    const char *value;
    switch (field) {
    case FIELD_ORGANIZATION: value = run->organization; break;
    case FIELD_EVENT: value = run->event_title; break;
    case FIELD_DATES: value = run->dates; break;
    case FIELD_VENUE: value = run->venue; break;
    case FIELD_WIFI_NAME: value = run->wifi_name; break;
    case FIELD_WIFI_PASSWORD: value = run->wifi_password; break;
    case FIELD_DESK_PHONE: value = run->desk_phone; break;
    case FIELD_MEMBER_CARD: value = run->member_cards ? "member card" : NULL; break;
    case FIELD_LOGO: value = run->logo ? "logo" : NULL; break;
    default: value = person_value(facts, field); break;
    }
    return value && value[0] ? value : NULL;
}

bool badge_part_is_shown(const struct badge_facts *facts, const struct badge_part *part)
{
    uint64_t asked = part->needs | part->needs_not;
    for (int field = 0; asked; field++, asked >>= 1) {
        if (!(asked & 1)) continue;
        bool known = badge_field_value(facts, (enum badge_field)field) != NULL;
        if (known ? (part->needs_not >> field) & 1 : (part->needs >> field) & 1) return false;
    }
    return true;
}

bool badge_template_is_good(const char *template, const char **ret_bad)
{
    for (const char *p = template; *p; p++) {
        if (*p == '}') return *ret_bad = p, false;
        if (*p != '{') continue;
        size_t length = strcspn(p + 1, "{}");
        if (p[1 + length] != '}' || badge_field_find(p + 1, length) == FIELD_COUNT) return *ret_bad = p, false;
        p += 1 + length;
    }
    return true;
}

uint64_t badge_template_fields(const char *template)
{
    uint64_t fields = 0;
    for (const char *p = strchr(template, '{'); p; p = strchr(p + 1, '{')) fields |= UINT64_C(1) << badge_field_find(p + 1, strcspn(p + 1, "}"));
    return fields;
}

/* Whether any letter is of a script that runs from right to left (Unicode's blocks of these, so without a table of letters). */
static bool runs_leftwards(const char *text)
{
    for (const char *cursor = text; *cursor;) {
        int32_t c = text_next(&cursor);
        if ((c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFF) || (c >= 0x10800 && c <= 0x10FFF) ||
            (c >= 0x1E800 && c <= 0x1EFFF)) return true;
    }
    return false;
}

/* "0600 123 456": no letter that would give it a direction. */
static bool is_only_digits(const char *text)
{
    return strspn(text, "0123456789 +-./:()") == strlen(text);
}

/* The template with its fields filled in, each between `open` and `close`, `begin` before all; NULL when one of them is not known. */
static const char *fill_fields(const struct badge_facts *facts, const char *template, const char *begin, const char *open, const char *close)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    bool known = true;
    buf_puts(&out, begin);
    for (const char *p = template; *p && known;) {
        size_t plain = strcspn(p, "{");
        buf_add(&out, p, plain);
        p += plain;
        if (!*p) break;
        size_t length = strcspn(p + 1, "}");
        const char *value = badge_field_value(facts, badge_field_find(p + 1, length));
        known = value != NULL;
        buf_puts(&out, open);
        /* FriBidi (1.0) lets Arabic letters of an isolate before reach into the next one and turns its groups of digits round: a mark stops them. */
        if (open[0] && value && is_only_digits(value)) buf_puts(&out, "\u200E");
        buf_puts(&out, value);
        buf_puts(&out, close);
        p += length + 2;
    }
    const char *text = known && buf_ok(&out) ? arena_strdup(facts->arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

/* Beside letters from right to left a telephone number's groups would be put the other way round, as may be a value's brackets or dates: each value is
 * then isolated (Unicode Bidirectional Algorithm, FSI and PDI), so that it is read as if it stood alone, in the order that the language has. */
static const char *fill_template(const struct badge_facts *facts, const char *template)
{
    size_t first = strcspn(template, "{");
    if (!template[first]) return template;
    const char *text = fill_fields(facts, template, "", "", "");
    bool alone = first == 0 && template[strcspn(template, "}") + 1] == '\0';
    if (!text || alone || !runs_leftwards(text)) return text;
    return fill_fields(facts, template, text_is_right_to_left(facts->run->language) ? "\u200F" : "\u200E", "\u2068", "\u2069");
}

static const char *pick_variant(const struct badge_choice *choice, const char *language)
{
    size_t length = language ? strcspn(language, "-") : 0;
    for (size_t i = 0; i < choice->count; i++) {
        const char *own = choice->variants[i].language;
        if (!own[0] || (length && strlen(own) == length && memcmp(own, language, length) == 0)) return choice->variants[i].template;
    }
    return choice->count ? choice->variants[0].template : "";
}

const char *badge_part_text(const struct badge_facts *facts, const struct badge_part *part)
{
    for (size_t i = 0; i < part->choice_count; i++) {
        const char *text = fill_template(facts, pick_variant(&part->choices[i], facts->run->language));
        if (text && text[0]) return text;
    }
    return NULL;
}

size_t badge_part_lines(const struct badge_facts *facts, const struct badge_part *part, const struct badge_line **ret)
{
    bool papers = part->list == FIELD_PAPERS;
    *ret = papers ? facts->badge->papers : facts->badge->programme;
    return papers ? facts->badge->paper_count : facts->badge->programme_count;
}

static void put_escaped(struct buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (strchr("\\;,:\"", *p)) buf_putc(out, '\\');
        buf_putc(out, *p);
    }
}

/* The payload as ZXing's wiki has it ("Barcode Contents", Wi-Fi network config). A name that is all hexadecimal digits would be taken for bytes, so it
 * is quoted. A password is not: phones take only those of 64 digits (WPA) or 10, 26, 58 (WEP) for keys, which they then are, and some would
 * take quotes for part of it. */
const char *badge_wifi_payload(struct arena *arena, const struct badge_run *run)
{
    const char *name = run->wifi_name, *security = run->wifi_security && run->wifi_security[0] ? run->wifi_security : "WPA";
    if (!name || !name[0]) return NULL;
    bool open = !run->wifi_password || !run->wifi_password[0] || strcmp(security, "nopass") == 0;
    const char *quote = strspn(name, "0123456789abcdefABCDEF") == strlen(name) ? "\"" : "";
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_printf(&out, "WIFI:T:%s;S:%s", open ? "nopass" : security, quote);
    put_escaped(&out, name);
    buf_puts(&out, quote);
    if (!open) {
        buf_puts(&out, ";P:");
        put_escaped(&out, run->wifi_password);
    }
    buf_puts(&out, ";;");
    const char *payload = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return payload;
}

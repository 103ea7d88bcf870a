/* The format plenum-events/1 as tables. The columns of core/db/sql/import.sql stand in the same order. */
#include "catalogue.h"
#include "core/congress/event_file/fields.h"
#include "core/congress/our_work/our_work.h"

#include <string.h>

#define SHAPE(name, ...) \
    static const struct field name##_fields[] = {__VA_ARGS__}; \
    static const struct shape name##_shape = {name##_fields, sizeof name##_fields / sizeof name##_fields[0]}

#define SHORT 64
#define MOST_ORDER 1000000000

#define DERIVED(name) {.key = "<" name ">", .kind = FIELD_DERIVED}
#define LIST(name) {.key = name, .kind = FIELD_LIST}
#define TEXT(name) {.key = name, .kind = FIELD_TEXT}
#define SHORT_TEXT(name) {.key = name, .kind = FIELD_TEXT, .most = SHORT}
#define TITLE {.key = "title", .kind = FIELD_TITLE, .flags = FIELD_REQUIRED}
#define CODE {.key = "code", .kind = FIELD_CODE, .flags = FIELD_REQUIRED}
#define REF(name, entity) {.key = name, .kind = FIELD_REF, .target = entity}
#define CATEGORIES(name) {.key = name, .kind = FIELD_REF_CODES, .target = ENTITY_CATEGORY}
#define BOOL(name, value) {.key = name, .kind = FIELD_BOOL, .i64_default = value}
#define ORDER {.key = "order", .kind = FIELD_INT, .least = 0, .most = MOST_ORDER}
#define ENUM(name, values, value) {.key = name, .kind = FIELD_ENUM, .names = values, .text_default = value}
#define ENUM_REQUIRED(name, values) {.key = name, .kind = FIELD_ENUM, .names = values, .flags = FIELD_REQUIRED}

static const char *const attribute_kinds[] = {"yes_no", "choice", "text", "number", "date", NULL};
static const char *const genders[] = {"f", "m", "x", NULL};
static const char *const event_kinds[] = {"congress", "training", "meeting", NULL};
static const char *const accesses[] = {"badge", "pin", NULL};
static const char *const pins[] = {"phone_tail", "random", NULL};
static const char *const securities[] = {"WPA", "WEP", "nopass", NULL};
static const char *const quorum_rules[] = {"at_least", "more_than", NULL};
static const char *const gate_kinds[] = {"entry", "handout", NULL};
static const char *const directions[] = {"in", "out", "both", NULL};
static const char *const mandates[] = {"ex_officio", "elected", "appointed", NULL};
static const char *const statuses[] = {"summoned", "alternate", "replaced", "withdrawn", "disqualified", NULL};
static const char *const needs[] = {"paper", "large_print", "no_phone", "wheelchair", NULL};
static const char *const slide_states[] = {"shown", "off", NULL};
static const char *const phases[] = {"before", "registration", "session", "break", "after", "open", NULL}; /* core/congress/scene/plan.h */
static const char *const scenes[] = {"attendance", "quorum", "programme", "our_work", "welcome", "black", NULL}; /* a message is shown by hand */
static const char *const audiences[] = {"wall", "phone", NULL};

SHAPE(organization, {.key = "name", .kind = FIELD_TITLE, .flags = FIELD_REQUIRED}, {.key = "languages", .kind = FIELD_LANGUAGES, .text_default = "[\"vi\"]"},
      {.key = "logo", .kind = FIELD_PICTURE}, LIST("attribute_types"), LIST("units"));

SHAPE(attribute_type, CODE, TITLE, ENUM_REQUIRED("type", attribute_kinds), {.key = "values", .kind = FIELD_CHOICES}, BOOL("sensitive", 0));

SHAPE(unit, CODE, {.key = "name", .kind = FIELD_LABEL, .flags = FIELD_REQUIRED}, DERIVED("name_fold"), REF("parent", ENTITY_UNIT),
    SHORT_TEXT("level"), SHORT_TEXT("sector"),
      ORDER, {.key = "members", .kind = FIELD_INT, .least = 0, .most = MOST_ORDER});

SHAPE(person, CODE, {.key = "name", .kind = FIELD_TEXT, .flags = FIELD_REQUIRED}, DERIVED("name_fold"), DERIVED("name_sort"), TEXT("sort_name"), TEXT("honorific"),
      REF("unit", ENTITY_UNIT), {.key = "title", .kind = FIELD_LABEL}, ENUM("gender", genders, NULL), {.key = "born", .kind = FIELD_PAST},
          {.key = "joined", .kind = FIELD_PAST},
      {.key = "phone", .kind = FIELD_PHONE}, {.key = "email", .kind = FIELD_EMAIL}, {.key = "photo", .kind = FIELD_PICTURE}, {.key = "attributes",
          .kind = FIELD_ATTRIBUTES});

SHAPE(venue, {.key = "name", .kind = FIELD_TITLE}, {.key = "address", .kind = FIELD_TITLE}, {.key = "phone", .kind = FIELD_PHONE});
SHAPE(colors, {.key = "primary", .kind = FIELD_COLOR});
SHAPE(wifi, {.key = "ssid", .kind = FIELD_RAW, .most = 32, .flags = FIELD_REQUIRED}, {.key = "password", .kind = FIELD_RAW, .most = 63},
    ENUM("security", securities, "WPA"));
SHAPE(stream, TITLE, {.key = "url", .kind = FIELD_URL, .flags = FIELD_REQUIRED}, {.key = "session", .kind = FIELD_REF_CODE, .target = ENTITY_SESSION});
SHAPE(quorum, {.key = "category", .kind = FIELD_REF_CODE, .target = ENTITY_CATEGORY, .flags = FIELD_REQUIRED}, ENUM_REQUIRED("rule", quorum_rules),
      {.key = "fraction", .kind = FIELD_FRACTION, .flags = FIELD_REQUIRED});
SHAPE(welcome, BOOL("on", 0), {.key = "gates", .kind = FIELD_REF_CODES, .target = ENTITY_GATE}, BOOL("photo", 0));
SHAPE(slide, {.key = "file", .kind = FIELD_WORK, .flags = FIELD_REQUIRED}, {.key = "caption", .kind = FIELD_TITLE},
      {.key = "seconds", .kind = FIELD_INT, .least = 1, .most = 3600, .i64_default = OUR_WORK_SECONDS_USUAL}, {.key = "pages", .kind = FIELD_PAGES},
      ENUM("state", slide_states, NULL), {.key = "from", .kind = FIELD_TIME}, {.key = "until", .kind = FIELD_TIME});
SHAPE(wall_welcome, {.key = "text", .kind = FIELD_TITLE}, {.key = "picture", .kind = FIELD_PICTURE});
SHAPE(phones, CATEGORIES("categories"), {.key = "delegations", .kind = FIELD_REF_CODES, .target = ENTITY_UNIT});
SHAPE(announcement, {.key = "text", .kind = FIELD_TITLE, .flags = FIELD_REQUIRED}, {.key = "from", .kind = FIELD_TIME}, {.key = "until", .kind = FIELD_TIME},
      {.key = "to", .kind = FIELD_ENUMS, .names = audiences, .text_default = "[\"wall\",\"phone\"]"}, BOOL("urgent", 0),
      {.key = "audience", .kind = FIELD_OBJECT, .shape = &phones_shape});
const struct field announcements_field = {.key = "announcements", .kind = FIELD_OBJECTS, .shape = &announcement_shape};

SHAPE(scene, ENUM("phase", phases, NULL), {.key = "session", .kind = FIELD_REF_CODE, .target = ENTITY_SESSION}, {.key = "from", .kind = FIELD_TIME},
      {.key = "until", .kind = FIELD_TIME}, ENUM_REQUIRED("scene", scenes));
const struct field scenes_field = {.key = "scenes", .kind = FIELD_OBJECTS, .shape = &scene_shape};

SHAPE(event, {.key = "slug", .kind = FIELD_SLUG, .flags = FIELD_REQUIRED}, ENUM_REQUIRED("kind", event_kinds), TITLE,
      {.key = "timezone", .kind = FIELD_ZONE, .flags = FIELD_REQUIRED}, {.key = "public_url", .kind = FIELD_URL},
      {.key = "starts", .kind = FIELD_TIME, .flags = FIELD_REQUIRED}, {.key = "ends", .kind = FIELD_TIME, .flags = FIELD_REQUIRED}, DERIVED("opens"),
      {.key = "venue", .kind = FIELD_OBJECT, .shape = &venue_shape}, {.key = "colors", .kind = FIELD_OBJECT, .shape = &colors_shape},
      {.key = "wifi", .kind = FIELD_OBJECT, .shape = &wifi_shape}, {.key = "streams", .kind = FIELD_OBJECTS, .shape = &stream_shape},
      {.key = "quorum", .kind = FIELD_OBJECT, .shape = &quorum_shape}, {.key = "slides", .kind = FIELD_OBJECTS, .shape = &slide_shape},
      LIST("announcements"), ENUM("documents_access", accesses, "badge"), ENUM("pin", pins, "phone_tail"),
      BOOL("names_on_wall", 0), {.key = "welcome", .kind = FIELD_OBJECT, .shape = &welcome_shape}, BOOL("group_quorum", 0), BOOL("head_pin", 0),
      {.key = "wall_welcome", .kind = FIELD_OBJECT, .shape = &wall_welcome_shape},
      LIST("scenes"), LIST("categories"), LIST("areas"), LIST("gates"), LIST("sessions"), LIST("documents"), LIST("delegates"));

SHAPE(category, CODE, TITLE, {.key = "color", .kind = FIELD_COLOR}, DERIVED("sort_order"));
SHAPE(area, CODE, TITLE, {.key = "capacity", .kind = FIELD_INT, .least = 1, .most = MOST_ORDER}, DERIVED("sort_order"));
SHAPE(gate, CODE, TITLE, ENUM_REQUIRED("kind", gate_kinds), REF("area", ENTITY_AREA), ENUM("direction", directions, "both"), BOOL("reentry", 1),
    CATEGORIES("admits"), {.key = "closed", .kind = FIELD_TIME},
      DERIVED("sort_order"));
SHAPE(session, CODE, TITLE, {.key = "starts", .kind = FIELD_TIME, .flags = FIELD_REQUIRED}, {.key = "ends", .kind = FIELD_TIME, .flags = FIELD_REQUIRED},
      REF("area", ENTITY_AREA), TEXT("room"), {.key = "speakers", .kind = FIELD_TEXTS}, CATEGORIES("admits"), BOOL("carry_over", 1), DERIVED("sort_order"));
SHAPE(audience, CATEGORIES("categories"));
SHAPE(document, CODE, TITLE, {.key = "file", .kind = FIELD_FILE}, {.key = "language", .kind = FIELD_LANGUAGE}, SHORT_TEXT("number"), {.key = "issued",
    .kind = FIELD_DATE},
      TEXT("issuer"), {.key = "audience", .kind = FIELD_OBJECT, .shape = &audience_shape}, REF("session", ENTITY_SESSION), {.key = "publish_at",
          .kind = FIELD_PUBLISH},
      BOOL("restricted", 0), BOOL("must_read", 0), DERIVED("sort_order"));

SHAPE(absence, {.key = "excused", .kind = FIELD_BOOL, .flags = FIELD_REQUIRED}, TEXT("reason"));
SHAPE(delegate, {.key = "person", .kind = FIELD_REF, .target = ENTITY_PERSON, .flags = FIELD_KEEP_NULL}, SHORT_TEXT("number"),
      {.key = "category", .kind = FIELD_REF, .target = ENTITY_CATEGORY, .flags = FIELD_REQUIRED},
      {.key = "delegation", .kind = FIELD_REF, .target = ENTITY_UNIT, .flags = FIELD_KEEP_NULL}, ENUM("mandate", mandates, NULL), ENUM("status",
          statuses, "summoned"),
      {.key = "replaces", .kind = FIELD_REF_CODE, .target = ENTITY_DELEGATE}, TEXT("decision"), {.key = "absence", .kind = FIELD_OBJECT, .shape = &absence_shape},
      {.key = "roles", .kind = FIELD_CODES}, SHORT_TEXT("group"), ORDER, SHORT_TEXT("seat"), SHORT_TEXT("badge_box"),
      {.key = "needs", .kind = FIELD_ENUMS, .names = needs}, SHORT_TEXT("room"), SHORT_TEXT("transport"), TEXT("diet"), BOOL("greet", 1));

const struct entity entities[ENTITY_COUNT] = {
    [ENTITY_ORGANIZATION] = {"organization", "organization", "organization", &organization_shape, false, SQL_IMPORT_ORGANIZATION_LIST,
        SQL_IMPORT_ORGANIZATION_WRITE},
    [ENTITY_ATTRIBUTE_TYPE] = {"attribute_type", "attribute_types", "attribute type", &attribute_type_shape, false, SQL_IMPORT_ATTRIBUTE_TYPE_LIST,
        SQL_IMPORT_ATTRIBUTE_TYPE_WRITE},
    [ENTITY_UNIT] = {"unit", "units", "unit", &unit_shape, false, SQL_IMPORT_UNIT_LIST, 0},
    [ENTITY_PERSON] = {"person", "people", "person", &person_shape, false, SQL_IMPORT_PERSON_LIST, 0},
    [ENTITY_EVENT] = {"event", "events", "event", &event_shape, false, SQL_IMPORT_EVENT_LIST, SQL_IMPORT_EVENT_WRITE},
    [ENTITY_CATEGORY] = {"category", "categories", "category", &category_shape, true, SQL_IMPORT_CATEGORY_LIST, SQL_IMPORT_CATEGORY_WRITE},
    [ENTITY_AREA] = {"area", "areas", "area", &area_shape, true, SQL_IMPORT_AREA_LIST, SQL_IMPORT_AREA_WRITE},
    [ENTITY_GATE] = {"gate", "gates", "gate", &gate_shape, true, SQL_IMPORT_GATE_LIST, SQL_IMPORT_GATE_WRITE},
    [ENTITY_SESSION] = {"session", "sessions", "session", &session_shape, true, SQL_IMPORT_SESSION_LIST, SQL_IMPORT_SESSION_WRITE},
    [ENTITY_DOCUMENT] = {"document", "documents", "paper", &document_shape, true, SQL_IMPORT_DOCUMENT_LIST, SQL_IMPORT_DOCUMENT_WRITE},
    [ENTITY_DELEGATE] = {"delegate", "delegates", "delegate", &delegate_shape, true, SQL_IMPORT_DELEGATE_LIST, SQL_IMPORT_DELEGATE_WRITE},
};

size_t field_width(const struct field *field)
{
    switch (field->kind) {
    case FIELD_LIST:
    case FIELD_ATTRIBUTES: return 0;
    case FIELD_FILE:
    case FIELD_PICTURE:
    case FIELD_WORK:
    case FIELD_PUBLISH: return 2;
    default: return 1;
    }
}

size_t shape_width(const struct shape *shape)
{
    size_t width = 0;
    for (size_t i = 0; i < shape->count; i++) width += field_width(&shape->fields[i]);
    return width;
}

size_t shape_column(const struct shape *shape, const char *key)
{
    size_t column = 0;
    for (size_t i = 0; i < shape->count && strcmp(shape->fields[i].key, key) != 0; i++) column += field_width(&shape->fields[i]);
    return column;
}

size_t entity_first_column(const struct entity *entity)
{
    return entity->in_event ? 2 : 1;
}

size_t entity_width(const struct entity *entity)
{
    return entity_first_column(entity) + shape_width(entity->shape);
}

size_t entity_column(enum entity_kind kind, const char *key)
{
    return entity_first_column(&entities[kind]) + shape_column(entities[kind].shape, key);
}

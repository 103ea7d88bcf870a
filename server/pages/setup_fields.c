/* The tables of the console's forms. */
#include "server/pages/setup_form.h"

#define TABLE(name, kind, word, list, ...) \
    static const struct form_field name##_fields[] = {__VA_ARGS__}; \
    const struct form_table form_##name = {kind, word, list, name##_fields, sizeof name##_fields / sizeof name##_fields[0]}

static const char *const kinds[] = {"congress", "training", "meeting", NULL};
static const char *const accesses[] = {"badge", "pin", NULL};
static const char *const pins[] = {"phone_tail", "random", NULL};
static const char *const securities[] = {"WPA", "WEP", "nopass", NULL};
static const char *const rules[] = {"at_least", "more_than", NULL};
static const char *const gate_kinds[] = {"entry", "handout", NULL};
static const char *const directions[] = {"both", "in", "out", NULL};
static const char *const attribute_kinds[] = {"yes_no", "choice", "text", "number", "date", NULL};

#define TITLE {"title", FORM_WORDS, FORM_NEEDED | FORM_WIDE, NULL}
#define CODE {"code", FORM_LINE, FORM_FRESH | FORM_LATER, NULL}

TABLE(event, SETUP_EVENT, "event", NULL, TITLE, {"kind", FORM_CHOICE, 0, kinds}, {"starts", FORM_MOMENT, FORM_NEEDED, NULL},
      {"ends", FORM_MOMENT, FORM_NEEDED, NULL}, {"timezone", FORM_ZONE, FORM_NEEDED, NULL}, {"venue.name", FORM_WORDS, FORM_WIDE, NULL},
      {"venue.address", FORM_WORDS, FORM_WIDE, NULL},
      {"venue.phone", FORM_LINE, 0, NULL}, {"colors.primary", FORM_COLOUR, 0, NULL}, {"wifi.ssid", FORM_LINE, 0, NULL}, {"wifi.password", FORM_LINE, 0, NULL},
      {"wifi.security", FORM_CHOICE, 0, securities}, {"documents_access", FORM_CHOICE, 0, accesses}, {"pin", FORM_CHOICE, 0, pins},
      {"names_on_wall", FORM_TICK, 0, NULL},
      {"quorum.category", FORM_CATEGORY, 0, NULL}, {"quorum.rule", FORM_CHOICE, 0, rules}, {"quorum.fraction", FORM_LINE, 0, NULL},
      {"public_url", FORM_LINE, FORM_LATER, NULL});

TABLE(new, SETUP_EVENT, "new", NULL, TITLE, {"kind", FORM_CHOICE, 0, kinds}, {"starts", FORM_MOMENT, FORM_NEEDED, NULL}, {"ends", FORM_MOMENT, FORM_NEEDED, NULL},
      {"venue.name", FORM_WORDS, FORM_WIDE, NULL}, {"timezone", FORM_ZONE, FORM_NEEDED, NULL}, {"slug", FORM_LINE, FORM_FRESH | FORM_LATER, NULL});

TABLE(copy, SETUP_EVENT, "copy", NULL, TITLE, {"day", FORM_DAY, FORM_NEEDED, NULL}, {"delegates", FORM_TICK, FORM_WIDE, NULL},
      {"slug", FORM_LINE, FORM_FRESH | FORM_LATER, NULL});

TABLE(session, SETUP_SESSION, "session", "sessions", TITLE, {"starts", FORM_MOMENT, FORM_NEEDED, NULL}, {"ends", FORM_MOMENT, FORM_NEEDED, NULL},
      {"area", FORM_AREA, 0, NULL},
      {"room", FORM_LINE, 0, NULL}, {"speakers", FORM_LINES, FORM_WIDE, NULL}, {"admits", FORM_WHO, FORM_WIDE, NULL}, {"carry_over", FORM_TICK, FORM_WIDE, NULL}, CODE);

TABLE(gate, SETUP_GATE, "gate", "gates", TITLE, {"kind", FORM_CHOICE, 0, gate_kinds}, {"area", FORM_AREA, 0, NULL}, {"direction", FORM_CHOICE, 0, directions},
      {"admits", FORM_WHO, FORM_WIDE, NULL}, {"reentry", FORM_TICK, FORM_WIDE, NULL}, CODE);

TABLE(area, SETUP_AREA, "area", "areas", TITLE, {"capacity", FORM_NUMBER, 0, NULL}, CODE);

TABLE(category, SETUP_CATEGORY, "category", "categories", TITLE, {"color", FORM_COLOUR, 0, NULL}, CODE);

TABLE(organization, SETUP_ORGANIZATION, "organization", NULL, {"name", FORM_WORDS, FORM_NEEDED | FORM_WIDE, NULL}, {"languages", FORM_LANGUAGES, FORM_WIDE, NULL});

TABLE(attribute, SETUP_ATTRIBUTE_TYPE, "attribute", "attribute_types", TITLE, {"type", FORM_CHOICE, 0, attribute_kinds}, {"values", FORM_VALUES, FORM_WIDE, NULL},
      {"sensitive", FORM_TICK, FORM_WIDE, NULL}, CODE);

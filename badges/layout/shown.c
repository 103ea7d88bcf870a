#include "badges/layout/shown.h"

#include "badges/layout/field.h"

#define FACT(name) (UINT32_C(1) << PRINT_FACT_##name)

/* Fields that are no facts of anybody (words of the language, the desk's phone) are 0. */
static print_facts facts_of_field(enum badge_field field)
{
    static const print_facts facts[FIELD_COUNT] = {
        [FIELD_ORGANIZATION] = FACT(ORGANIZATION), [FIELD_EVENT] = FACT(EVENT), [FIELD_DATES] = FACT(DATES), [FIELD_VENUE] = FACT(VENUE),
        [FIELD_HONORIFIC] = FACT(HONORIFIC), [FIELD_NAME] = FACT(NAME), [FIELD_GIVEN_NAME] = FACT(NAME), [FIELD_INITIALS] = FACT(NAME),
        [FIELD_TITLE] = FACT(TITLE), [FIELD_DELEGATION] = FACT(DELEGATION), [FIELD_CATEGORY] = FACT(CATEGORY), [FIELD_NUMBER] = FACT(NUMBER),
        [FIELD_SEAT] = FACT(SEAT), [FIELD_GROUP] = FACT(GROUP), [FIELD_ROOM] = FACT(ROOM), [FIELD_TRANSPORT] = FACT(TRANSPORT), [FIELD_DIET] = FACT(DIET),
        [FIELD_BADGE_BOX] = FACT(BADGE_BOX), [FIELD_CODE] = FACT(CODE), [FIELD_REISSUE] = FACT(ISSUE), [FIELD_WIFI_NAME] = FACT(WIFI),
        [FIELD_WIFI_PASSWORD] = FACT(WIFI), [FIELD_ADDRESS] = FACT(HOST), [FIELD_BLANK] = FACT(NAME), [FIELD_NAMED] = FACT(NAME), [FIELD_PHOTO] = FACT(PHOTO),
        [FIELD_LOGO] = FACT(LOGO), [FIELD_PROGRAMME] = FACT(PROGRAMME), [FIELD_PAPERS] = FACT(PAPERS)};
    return facts[field];
}

static print_facts facts_of_fields(uint64_t fields)
{
    print_facts facts = 0;
    for (int field = 0; field < FIELD_COUNT; field++)
        if (fields >> field & 1) facts |= facts_of_field((enum badge_field)field);
    return facts;
}

static print_facts facts_of_part(const struct badge_part *part)
{
    print_facts facts = facts_of_fields(part->needs | part->needs_not);
    for (size_t i = 0; i < part->choice_count; i++)
        for (size_t k = 0; k < part->choices[i].count; k++) facts |= facts_of_fields(badge_template_fields(part->choices[i].variants[k].template));
    if (part->color.paint == PAINT_CATEGORY || part->color.paint == PAINT_ON_CATEGORY) facts |= FACT(COLOR);
    switch (part->kind) {
    case PART_LIST: return facts | facts_of_field(part->list);
    case PART_QR: return facts | FACT(ISSUE) | FACT(HOST);
    case PART_WIFI: return facts | FACT(WIFI);
    case PART_PHOTO: return facts | FACT(PHOTO) | FACT(NAME);
    case PART_LOGO: return facts | FACT(LOGO);
    default: return facts;
    }
}

print_facts badges_shown_facts(const struct badge_layout *layout, enum badge_duplex duplex)
{
    print_facts facts = 0;
    bool backs = (duplex == DUPLEX_LAYOUT ? layout->duplex : duplex) != DUPLEX_NONE;
    for (size_t i = 0; i < layout->front.count; i++) facts |= facts_of_part(&layout->front.parts[i]);
    for (size_t i = 0; backs && i < layout->back.count; i++) facts |= facts_of_part(&layout->back.parts[i]);
    return facts;
}

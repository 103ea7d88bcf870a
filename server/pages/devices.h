/* What a scanner said of itself, as the pages of devices show it. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_DEVICES_H
#define PLENUM_SERVER_PAGES_DEVICES_H

#include "server/pages/view.h"

/* Last contact, list, queue, clock; what it has not told yet is left out. */
void devices_put_report(struct view *view, json_t *row, const struct device *device, const char *timezone, int64_t now_ms);

#endif

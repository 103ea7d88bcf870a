/* From a run of badges to what the printer must know of its paper. */
#include "badges/paint/plan.h"
#include "badges/printer/printer.h"

enum err printer_order_fit(const struct badge_run *run, struct printer_order *order, struct fault *fault)
{
    struct arena arena = {0};
    struct plan plan = {0};
    bool backs = false;
    enum err e = badge_plan_make(run, &arena, &plan, fault);
    if (e == OK) {
        for (size_t i = 0; i < plan.count && !backs; i++) backs = plan.pages[i].kind == PLAN_BACK;
        order->width = plan.layout.page_width;
        order->height = plan.layout.page_height;
        order->sides = !backs ? PRINTER_ONE_SIDE : plan.layout.duplex == DUPLEX_SHORT ? PRINTER_SHORT_EDGE : PRINTER_LONG_EDGE;
    }
    arena_release(&arena);
    return e;
}

#include "server/commands/export_forms.h"
#include "core/base/file.h"
#include "core/base/progress.h"

#include <stdio.h>

static void show(void *context, size_t done, size_t total)
{
    (void)progress_show(context, done, total);
}

static enum err put_archive(struct db *db, struct forms *forms, const char *folder, const char *output, struct fault *fault)
{
    struct progress progress = {0};
    struct file_new file;
    enum err e = file_new_open(&file, output, 0600, fault);
    if (e != OK) return e;
    progress_begin(&progress, "forms");
    e = forms_write_all(db, forms, folder, file.fd, show, &progress, fault);
    progress_end(&progress);
    progress_finish(&progress);
    if (e == OK) return file_new_commit(&file, fault);
    file_new_abandon(&file);
    return e;
}

enum err export_forms(struct db *db, struct arena *arena, const struct forms_wish *wish, const char *store_folder, const char *output, struct fault *fault)
{
    struct forms *forms = NULL;
    enum err e = forms_open(db, arena, wish, &forms, fault);
    if (e != OK) return e;
    e = wish->span == LIST_FORM_ONE ? forms_write(db, forms, 0, output, fault) : put_archive(db, forms, store_folder, output, fault);
    if (e == OK) fprintf(stderr, "%zu form%s for units: %s\n", forms_count(forms), forms_count(forms) == 1 ? "" : "s", output);
    forms_close(forms);
    return e;
}

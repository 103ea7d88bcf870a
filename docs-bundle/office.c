/* Office files become PDF by LibreOffice where it is installed: not every phone opens them, and none does alike. */
#include "core/base/child.h"
#include "core/base/file.h"
#include "docs-bundle/extract.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* It needs much address space and writes its own profile; both go with the work folder. */
static const struct child_bounds bounds = {.cpu_seconds = 180, .wall_seconds = 300, .memory = UINT64_C(8) << 30, .file_bytes = (uint64_t)DOCS_FILE_MOST};

enum err office_convert(struct extraction *x, const char *path, const char **ret_pdf)
{
    const char *program = child_is_installed("soffice") ? "soffice" : "libreoffice";
    if (!child_is_installed(program)) return fault_set(x->fault, ERR_NOT_FOUND, "LibreOffice is not installed");
    const char *folder = arena_printf(x->arena, "%s/office", x->wishes->folder), *profile = arena_printf(x->arena, "-env:UserInstallation=file://%s/profile",
        x->wishes->folder);
    const char *base = file_base_name(path), *dot = strrchr(base, '.');
    const char *pdf = folder ? arena_printf(x->arena, "%s/%.*s.pdf", folder, dot ? (int)(dot - base) : (int)strlen(base), base) : NULL;
    if (!folder || !profile || !pdf) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    enum err e = file_make_directories(folder, x->fault);
    const char *const argv[] = {program, "--headless", "--norestore", "--nolockcheck", profile, "--convert-to", "pdf", "--outdir", folder, path, NULL};
    if (e == OK) e = child_run(argv, x->wishes->folder, &bounds, NULL, x->fault);
    if (e != OK) return e;
    struct stat st; /* it ends with 0 also when it could not read the file */
    if (stat(pdf, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0) return fault_set(x->fault, ERR_INPUT, "LibreOffice made no PDF of it");
    *ret_pdf = pdf;
    return OK;
}

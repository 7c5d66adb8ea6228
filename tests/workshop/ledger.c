#include "workshop/ledger.h"

#include <math.h>
#include <sys/stat.h>
#include "workshop/scratch.h"

TestSuite(ledger, .init = scratch_begin, .fini = scratch_end);
TestSuite(series, .init = scratch_begin, .fini = scratch_end);

static struct ledger *open_sample(const char *path) {
    return ledger_open(path, "04-vae/experiment-ladder.c", "digits",
                       "epochs 10", "0123456789abcdef");
}

static void assert_holds(const char *path, const char *text) {
    size_t count;
    char *found = scratch_read(path, &count);
    cr_assert_str_eq(found, text);
    free(found);
}

/* Catches a change of the format that the press reads. */
Test(ledger, is_written_as_the_press_reads_it) {
    struct error err;
    struct ledger *ledger = open_sample("figures/04-vae/ladder.tsv");
    ledger_put(ledger, "vae.elbo10", 101.23456789, 0.25, "nats");
    ledger_put(ledger, "vae.active", 20, NAN, "");
    ledger_put(ledger, "vae.tiny", -1e-20f, 0, "");
    ledger_put(ledger, "vae.zero", -0.0, NAN, "a b");
    cr_assert(ledger_close(ledger, &err), "%s", err.text);
#define RUN "\tdigits\tepochs 10\t0123456789abcdef\n"
    assert_holds("figures/04-vae/ladder.tsv",
                 "# program 04-vae/experiment-ladder.c\n"
                 "key\tvalue\tspread\tunit\tdata\tsettings\thash\n"
                 "vae.elbo10\t101.234568\t0.25\tnats" RUN
                 "vae.active\t20\t-\t" RUN
                 "vae.tiny\t-9.99999968e-21\t0\t" RUN
                 "vae.zero\t0\t-\ta b" RUN);
}

/* Catches a spread over n in place of n - 1, and a spread of one value. */
Test(ledger, seeds_have_their_mean_and_their_deviation_as_a_sample) {
    struct error err;
    const double five[] = {1e6 + 2, 1e6 + 4, 1e6 + 4, 1e6 + 5, 1e6 + 10};
    struct sample s = sample_of(5, five);
    cr_assert_float_eq(s.mean, 1e6 + 5, 1e-9);
    cr_assert_float_eq(s.deviation, 3, 1e-9);       /* sqrt(36 / 4) */
    cr_assert(isnan(sample_of(1, five).deviation));
    struct ledger *ledger = open_sample("seeds.tsv");
    ledger_put_seeds(ledger, "five", 5, five, "nats");
    ledger_put_seeds(ledger, "one", 1, five, "");
    ledger_put_seeds(ledger, "two", 2, (const double[]){3, 3}, "");
    cr_assert(ledger_close(ledger, &err), "%s", err.text);
    size_t count;
    char *text = scratch_read("seeds.tsv", &count);
    cr_assert(strstr(text, "\nfive\t1000005\t3\tnats\t") != NULL);
    cr_assert(strstr(text, "\none\t1000002\t-\t\t") != NULL);
    cr_assert(strstr(text, "\ntwo\t3\t0\t\t") != NULL);
    free(text);
}

/* Catches a printed value that is another float when read back. */
Test(ledger, nine_digits_tell_all_floats_apart) {
    struct error err;
    struct ledger *ledger = open_sample("a.tsv");
    unsigned state = 1;
    float values[500];
    for (int i = 0; i < 500; i++) {
        char key[20];
        values[i] = ldexpf((float)scratch_random(&state), -(i % 60));
        snprintf(key, sizeof key, "k.%d", i);
        ledger_put(ledger, key, (double)values[i], NAN, "");
    }
    cr_assert(ledger_close(ledger, &err));
    size_t count;
    char *text = scratch_read("a.tsv", &count), *at = text;
    for (int i = 0; i < 500; i++) {
        char key[24];
        snprintf(key, sizeof key, "\nk.%d\t", i);
        at = strstr(at, key);
        cr_assert(at != NULL);
        cr_assert(strtof(at + strlen(key), NULL) == values[i]);
    }
    free(text);
}

/* Catches results that would fail much later, when the book is typeset. */
Test(ledger, a_refused_result_fails_the_close_and_keeps_the_old_file) {
    static const struct {
        const char *key; double value, spread; const char *unit, *words;
    } cases[] = {
        {"a b", 1, NAN, "", "\"a b\" is no key"},
        {"a\tb", 1, NAN, "", "is no key"},
        {"", 1, NAN, "", "\"\" is no key"},
        {"key", NAN, NAN, "", "a.tsv: key is not finite"},
        {"key", INFINITY, NAN, "", "not finite"},
        {"key", 1, INFINITY, "", "not finite"},
        {"key", 1, 0, "a\tb", "tab in its unit"},
        {"good", 2, NAN, "", "good was put twice"},
    };
    scratch_write("a.tsv", "old", 3);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err;
        struct ledger *ledger = open_sample("a.tsv");
        ledger_put(ledger, "good", 1, NAN, "");
        ledger_put(ledger, cases[i].key, cases[i].value, cases[i].spread,
                   cases[i].unit);
        ledger_put(ledger, "another", 1, NAN, "");
        cr_assert(!ledger_close(ledger, &err), "%s", cases[i].words);
        assert_one_line(&err);
        assert_says(err, cases[i].words);
        assert_holds("a.tsv", "old");
    }
}

Test(series, is_written_in_columns) {
    struct error err;
    struct series *series = series_open("f/s.dat", "epoch train  test");
    series_put(series, (const double[]){1, 0.1f, -0.0});
    series_put(series, (const double[]){2, 1e10, 3});
    cr_assert(series_close(series, &err), "%s", err.text);
    assert_holds("f/s.dat", "# epoch train  test\n1 0.100000001 0\n"
                 "2 1e+10 3\n");
}

Test(series, refuses_what_is_not_finite) {
    struct error err;
    struct series *series = series_open("s.dat", "x y");
    series_put(series, (const double[]){1, NAN});
    cr_assert(!series_close(series, &err));
    assert_says(err, "s.dat: column 2 of a point is not finite");
    cr_assert(!scratch_exists("s.dat"));
}

Test(ledger, a_folder_that_cannot_be_written_is_one_line) {
    struct error err;
    cr_assert(!ledger_close(open_sample("/dev/null/a.tsv"), &err));
    assert_one_line(&err);
    struct series *series = series_open("/dev/null/s.dat", "x");
    cr_assert(!series_close(series, &err));
    assert_one_line(&err);
}

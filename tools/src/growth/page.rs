//! The tables, and the page around them.

use std::fmt::Write;

use crate::sizes::is_inherently_steep;

use super::series::{LINEAR, Outcome, Report, Series, Side};
use crate::limits::thousands;

/// From here on an exponent is called quadratic.
const QUADRATIC: f64 = 1.7;

fn exponent(of: Option<f64>) -> String {
    of.map_or("–".to_owned(), |exponent| format!("{exponent:.2}"))
}

fn time(seconds: f64) -> String {
    match seconds {
        ..0.01 => format!("{:.1} ms", seconds * 1e3),
        0.01..1.0 => format!("{:.0} ms", seconds * 1e3),
        _ => format!("{seconds:.1} s"),
    }
}

fn megabytes(bytes: u64) -> String {
    match bytes as f64 / 1e6 {
        small @ ..10.0 => format!("{small:.1}"),
        large => format!("{large:.0}"),
    }
}

fn remark(side: &Side) -> String {
    let steep = match side.time_exponent() {
        Some(QUADRATIC..) => "quadratic",
        Some(1.3..) => "steep",
        _ => "",
    };
    let failed = side.failure().map(|(size, outcome)| match outcome {
        Outcome::TooSlow => format!("too slow at {}", thousands(size)),
        Outcome::Crashed(_) => format!("crashes at {}", thousands(size)),
        Outcome::Ended { .. } => String::new(),
    });
    match (steep, failed) {
        ("", None) => String::new(),
        ("", Some(failed)) => failed,
        (steep, None) => steep.to_owned(),
        (steep, Some(failed)) => format!("{steep}, {failed}"),
    }
}

fn row(out: &mut String, series: &Series) {
    let Some((last, seconds, memory)) = series.ours.last() else {
        let _ = writeln!(
            out,
            "| {} | | | {} | | {} | | | | | |",
            series.name,
            remark(&series.ours),
            exponent(series.instruction_exponent())
        );
        return;
    };
    let theirs = match series.theirs.last() {
        None => String::new(),
        Some((point, seconds, _)) if point.size == last.size => time(seconds),
        Some((point, seconds, _)) => format!("{} at {}", time(seconds), thousands(point.size)),
    };
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        series.name,
        thousands(last.size),
        megabytes(last.bytes),
        time(seconds),
        exponent(series.ours.time_exponent()),
        exponent(series.instruction_exponent()),
        megabytes(memory),
        exponent(series.ours.memory_exponent()),
        theirs,
        exponent(series.theirs.time_exponent()),
        remark(&series.theirs),
    );
}

/// One table for each group.
pub(crate) fn tables(report: &Report) -> String {
    let mut out = String::new();
    for group in report.groups() {
        let _ = write!(
            out,
            "### {group}\n\n| number of | largest | MB of source | time | exponent | of instructions | MB of memory | exponent | reference | exponent | it is |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
        );
        for series in report.series.iter().filter(|series| series.group == group) {
            row(&mut out, series);
        }
        out.push('\n');
    }
    out
}

/// Tells that a row is done.
pub(crate) fn print_progress(series: &Series) {
    let times: Vec<String> = series
        .ours
        .points
        .iter()
        .map(|point| match point.outcome {
            Outcome::Ended { seconds, .. } => time(seconds),
            Outcome::TooSlow => "too slow".to_owned(),
            Outcome::Crashed(signal) => format!("signal {signal}"),
        })
        .collect();
    println!(
        "{:<46} {:>5} instructions {:>5} memory {:>5} | reference {:>5} {:<30} | {}{}",
        series.name,
        exponent(series.ours.time_exponent()),
        exponent(series.instruction_exponent()),
        exponent(series.ours.memory_exponent()),
        exponent(series.theirs.time_exponent()),
        remark(&series.theirs),
        times.join(", "),
        if series.different() { " DIFFERENT" } else { "" },
    );
}

/// What the page begins with: how many of the rows that can be linear are, by one of their exponents.
fn linear_rows(report: &Report, exponent: fn(&Series) -> Option<f64>) -> String {
    let exponents: Vec<(&Series, f64)> = report
        .series
        .iter()
        .filter(|series| !is_inherently_steep(&series.group))
        .filter_map(|series| Some((series, exponent(series)?)))
        .collect();
    let linear = exponents
        .iter()
        .filter(|(_, exponent)| *exponent <= LINEAR)
        .count();
    let steepest = exponents.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let steepest = steepest.map_or(String::new(), |(series, exponent)| {
        format!("; the steepest is *{}* with {exponent:.2}", series.name)
    });
    format!("{linear} of {} rows{steepest}", exponents.len())
}

/// The page: what it is about, the plot, the tables.
pub(crate) fn page(report: &Report) -> String {
    let by_instructions = linear_rows(report, Series::instruction_exponent);
    let by_time = linear_rows(report, |series| series.ours.time_exponent());
    let unmeasured = (report.series.iter())
        .filter(|series| !is_inherently_steep(&series.group))
        .filter(|series| series.ours.time_exponent().is_none())
        .count();
    let with = |wanted: fn(&Side) -> bool| {
        report
            .series
            .iter()
            .filter(|series| wanted(&series.theirs))
            .count()
    };
    let quadratic = with(|side| {
        side.time_exponent()
            .is_some_and(|exponent| exponent >= QUADRATIC)
    });
    let crashed = with(|side| matches!(side.failure(), Some((_, Outcome::Crashed(_)))));
    let slow = with(|side| matches!(side.failure(), Some((_, Outcome::TooSlow))));
    let (machine, seconds) = (&report.machine, report.seconds);
    format!(
        "# How cost grows\n\n\
         Made-up sources and programs of growing size, each with many of one kind of thing, checked with `zirc` and with the\n\
         reference. The *exponent* is the slope of a line through the three largest sizes, both axes logarithmic: 1 is linear, 2\n\
         quadratic.\n\n\
         - Instructions, which are the same each time, grow with an exponent of at most {LINEAR} in {by_instructions}.\n\
         - Processor time does in {by_time}. {unmeasured} more rows\n  \
           are over before there is anything to measure.\n\
         - The reference is quadratic in {quadratic} rows; it crashes in {crashed}, and in {slow} it takes more than {seconds} s of\n  \
           processor time.\n\n\
         ![Time over size of the source, for zirc and for the reference](growth.svg)\n\n\
         ## How to read the tables\n\n\
         Times are processor time over all threads, medians: of eleven runs of ours (fewer where they come to 20 s), all sizes of a row in\n\
         turn, of up to five of the reference's, and of up to seven of whole programs (one where it takes 4 s), likewise in turn;\n\
         without what checking an empty file (or a program of one short file) costs. Memory is the most that was resident, likewise. Size, for the exponents, is bytes of source. A dash is\n\
         where all is below 4 ms or 4 MB. For the reference the last size that it managed is shown, and what became of the next.\n\
         Single files are given to `ast-check`, programs to `zirc check` and to `zig build-obj` with an unused constant in the root\n\
         file, so that it goes no further than looking at that file; a program of files with a cache made by the run before is *full\n\
         cache*, *by manifest* is the run that asks the manifest first, which the reference does not do for such a build, and *after an\n\
         edit* the same with a line more in one file. *Roots in a directory* are files that import the standard library and nothing\n\
         else, checked by the name of the directory, which the reference cannot. Where no release is named it is 0.14.1.\n\n\
         Two groups are not counted above, as nobody could be linear there. *Containers in containers*: each declaration and each container has a\n\
         hash of its source in ZIR, all that is in it included, so the format asks for time with the square of the depth; it is limited for\n\
         that, see [limits.md](limits.md). *Decimal integers*: they are binary in ZIR and ZOIR, and no way to convert them in linear time is\n\
         known.\n\n\
         *Of instructions* is the exponent of what runs outside the kernel, as callgrind counts it, on one thread: it does not vary. Where\n\
         the exponent of time is above it, that is the machine: larger sizes do not fit into its caches any more, and the kernel has to find\n\
         memory, above all for the stack of what nests deeply. And the time of the same row varies by 0.1 from one run to the next where\n\
         others use the machine too: rows that come out above 1.1 are worth measuring again alone, with `--from`.\n\n\
         ## How to repeat it\n\n\
         ```\n\
         cargo build --release -p driver\n\
         cargo growth --json all.json\n\
         cargo growth --zig-version 0.17.1 --from all.json --json all.json files roots\n\
         cargo growth --instructions --from all.json --out docs\n\
         ```\n\n\
         With names of rows (parts of them will do) only those are measured; `cargo growth --help` tells more. It needs 4 GB of\n\
         memory and 4 GB in `/dev/shm`. The machine: {machine}. Instructions of whole programs are of up to 10,000 files (`--max-files`).\n\n\
         ## Tables\n\n{}",
        tables(report).trim_end().to_owned() + "\n",
    )
}

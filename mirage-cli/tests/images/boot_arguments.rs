//! Boot arguments of unikernels.

use crate::harness::{Line, Runner, Running, build, client, tool, trial, trials};
use libtest_mimic::Trial;
use mirage_graph::argument::{MAX_COMMAND_LINE_LEN, command_line::join};
use std::process::{Command, Output};

/// The tests.
pub fn list() -> Vec<Trial> {
    let everywhere = trials(
        &Runner::ALL,
        [
            ("boot_arguments::are_passed", are_passed),
            ("boot_arguments::help_needs_no_boot", help_needs_no_boot),
            (
                "boot_arguments::wrong_ones_are_not_booted",
                wrong_ones_are_not_booted,
            ),
            (
                "boot_arguments::the_program_has_the_last_word",
                the_program_has_the_last_word,
            ),
            (
                "boot_arguments::the_image_says_what_the_tool_says",
                the_image_says_what_the_tool_says,
            ),
            (
                "boot_arguments::without_any_none_is_taken",
                without_any_none_is_taken,
            ),
            (
                "boot_arguments::the_programs_name_may_come_first",
                the_programs_name_may_come_first,
            ),
        ],
    );
    let images = trials(
        &Runner::IMAGES,
        [(
            "boot_arguments::a_command_line_is_never_cut",
            a_command_line_is_never_cut,
        )],
    );
    let machines = trials(
        &Runner::MACHINES,
        [(
            "boot_arguments::parameters_of_linux_are_passed_over",
            parameters_of_linux_are_passed_over,
        )],
    );
    let described = trial("boot_arguments::are_described", are_described);
    let booted = images.chain(machines);
    everywhere.chain(booted).chain([described]).collect()
}

/// Runs `package` with boot arguments and returns its status and console.
fn run(package: &str, runner: Runner, words: &[&str]) -> (i32, Vec<String>) {
    let options = [&["--"], words].concat();
    Running::with_options(package, runner, &[], &options).end()
}

/// Runs `package` with boot arguments that the tool refuses before it boots the image.
fn run_refused(package: &str, runner: Runner, words: &[&str]) -> Output {
    build(package, runner.target());
    let mut command = tool();
    command
        .args(["run", package])
        .args(runner.arguments(package));
    command.arg("--").args(words).output().expect("the tool")
}

/// Starts an image without the tool and returns its status and console.
fn boot(package: &str, runner: Runner, words: &[&str]) -> (i32, Vec<String>) {
    let options: &[&str] = match package {
        "arguments" => &["--", "--motto=x"],
        _ => &[],
    };
    let line = Line::for_package(package, runner, options);
    let mut line = line.arguments();
    for word in ["--motto=x", "-append"] {
        line = match line.split_last() {
            Some((last, rest)) if last == word => rest,
            _ => line,
        };
    }
    let mut command = Command::new(&line[0]);
    command.args(&line[1..]);
    let joined = join(words.iter().copied());
    match runner {
        Runner::Unix => command.args(words),
        Runner::Q35 | Runner::Microvm => command.args(["-append", &joined]),
        Runner::Spt | Runner::Hvt => command.arg(&joined),
    };
    Running::spawn(&mut command).end()
}

/// The status of a machine that ends with 64: QEMU's debug exit device has only odd statuses.
fn refused(runner: Runner) -> i32 {
    match runner {
        Runner::Unix | Runner::Spt | Runner::Hvt => 64,
        Runner::Q35 | Runner::Microvm => 65,
    }
}

fn are_passed(runner: Runner) {
    let words = [
        "--motto",
        "two  words, 'quoted' and \"quoted\" \\ console=ttyS0",
        "--listener=10.0.0.1",
        "--times=2",
        "--listener",
        "10.0.0.2",
        "--loud",
    ];
    let (status, lines) = run("arguments", runner, &words);
    assert_eq!(status, 0, "{lines:#?}");
    let motto = format!("motto: {:?}", words[1]);
    let expected = [
        motto.as_str(),
        motto.as_str(),
        "listener: [10.0.0.1, 10.0.0.2]",
        "colour: None, loud: true",
    ];
    assert!(lines.ends_with(&expected.map(String::from)), "{lines:#?}");
}

/// The help of `arguments` on a machine.
const HELP: &str = "\
The arguments of arguments:

Program
  --motto=TEXT         Printed text, which may have \"several words\" [required]
  --times=TIMES        How often [default: 1]
  --listener=LISTENER  The address of a listener [may be repeated]
  --colour=COLOUR
  --loud               Print it in capitals

  --help               Print this
";

/// The help of `arguments` as a process.
const HELP_OF_PROCESS: &str = "\
The arguments of arguments:

Program
  --motto=TEXT              Printed text, which may have \"several words\"
                            [required]
  --times=TIMES             How often [default: 1]
  --listener=LISTENER       The address of a listener [may be repeated]
  --colour=COLOUR
  --loud                    Print it in capitals

Process
  --publish=HOST:GUEST      Reach the unikernel's port GUEST at 127.0.0.1:HOST
                            [default: HOST is 8000 higher for a port below 1024,
                            else the same] [may be repeated]
  --net=[NODE:]tap=NAME     Run the unikernel's own network stack on the TAP
                            device NAME; with NODE, for one of several
                            interfaces [may be repeated]
  --block=[NODE:]file=PATH  Keep the disk in the file PATH; with NODE, for one
                            of several disks [default: a file beside the
                            program] [may be repeated]

  --help                    Print this
";

fn help_needs_no_boot(runner: Runner) {
    let output = run_refused("arguments", runner, &["--help"]);
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(63), "{help}");
    let expected = match runner {
        Runner::Unix => HELP_OF_PROCESS,
        Runner::Q35 | Runner::Microvm | Runner::Spt | Runner::Hvt => HELP,
    };
    assert_eq!(help, expected);
    // The image prints the same, and QEMU can pass this status on.
    let (status, lines) = boot("arguments", runner, &["--help"]);
    let printed: Vec<_> = expected.lines().collect();
    assert_eq!(status, 63, "{lines:#?}");
    assert_eq!(lines, printed);
}

/// Invalid arguments, and their error messages.
const WRONG: [(&[&str], &str); 5] = [
    (&["--times=2"], "`--motto=TEXT` is required"),
    (
        &["--motto=x", "--tims=2"],
        "unknown argument `--tims`; did you mean `--times`?",
    ),
    (
        &["--motto=x", "--times=300"],
        "invalid value `300` for `--times`: expected a number from 0 to 255",
    ),
    (
        &["--motto=two", "words"],
        "unexpected `words`; quote a value that contains spaces",
    ),
    (&["--motto"], "`--motto` needs a value: `--motto=TEXT`"),
];

fn wrong_ones_are_not_booted(runner: Runner) {
    for (words, message) in WRONG {
        let output = run_refused("arguments", runner, words);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(64), "{text}");
        assert!(text.contains(&format!("error: {message}")), "{text}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
}

fn the_image_says_what_the_tool_says(runner: Runner) {
    for (words, message) in WRONG {
        let (status, lines) = boot("arguments", runner, words);
        assert_eq!(status, refused(runner), "{lines:#?}");
        assert_eq!(lines, [format!("error: {message}")]);
    }
}

/// The tool cannot check values of a custom type.
fn the_program_has_the_last_word(runner: Runner) {
    let (status, lines) = run("arguments", runner, &["--motto=x", "--colour=blue"]);
    assert_eq!(status, 64, "{lines:#?}");
    let message = "error: invalid value `blue` for `--colour`: there is only red";
    assert_eq!(
        lines.last().map(String::as_str),
        Some(message),
        "{lines:#?}"
    );
}

fn without_any_none_is_taken(runner: Runner) {
    let output = run_refused("fails", runner, &["--motto=x"]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    let (status, lines) = boot("fails", runner, &["--motto=x"]);
    assert_eq!(status, refused(runner), "{lines:#?}");
}

/// As the command of a container does.
fn the_programs_name_may_come_first(runner: Runner) {
    for name in ["arguments", "/unikernel/arguments.spt", "unikernel"] {
        let (status, lines) = boot("arguments", runner, &[name, "--motto=x"]);
        assert_eq!(status, 0, "{name}: {lines:#?}");
    }
    for words in [["argument", "--motto=x"], ["--motto=x", "arguments"]] {
        let (status, lines) = boot("arguments", runner, &words);
        assert_eq!(status, refused(runner), "{lines:#?}");
        let word = words.iter().find(|word| !word.starts_with('-'));
        let word = word.expect("one of them");
        assert_eq!(
            lines,
            [format!(
                "error: unexpected `{word}`; quote a value that contains spaces"
            )]
        );
    }
    let (status, lines) = boot("hello", runner, &["/unikernel/hello"]);
    assert_eq!(status, 0, "{lines:#?}");
    // A loader of virtio adds words of its own.
    if !Runner::MACHINES.contains(&runner) {
        for words in [&["hullo"][..], &["hello", "hello"]] {
            let (status, lines) = boot("hello", runner, words);
            assert_eq!(status, refused(runner), "{lines:#?}");
        }
    }
}

fn a_command_line_is_never_cut(runner: Runner) {
    let motto = |length: usize| format!("--motto={}", "x".repeat(length - "--motto=".len()));
    let (status, lines) = boot("arguments", runner, &[&motto(MAX_COMMAND_LINE_LEN)]);
    assert_eq!(status, 0, "{lines:#?}");
    let output = run_refused("arguments", runner, &[&motto(MAX_COMMAND_LINE_LEN + 1)]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    // The firmware of q35 fails on such a command line; a guest of Solo5 accepts it.
    if runner == Runner::Microvm {
        let (status, lines) = boot("arguments", runner, &[&motto(MAX_COMMAND_LINE_LEN + 1)]);
        assert_eq!(status, refused(runner), "{lines:#?}");
        let message = "error: the command line is longer than 4095 bytes";
        assert_eq!(lines, [message]);
    }
}

fn parameters_of_linux_are_passed_over(runner: Runner) {
    let words = ["pci=off", "reboot=k", "--motto=x", "root=/dev/vda", "rw"];
    let (status, lines) = boot("arguments", runner, &words);
    assert_eq!(status, 0, "{lines:#?}");
}

fn are_described() {
    let tree = client::output(tool().args(["describe", "arguments"]));
    assert!(tree.contains("--motto=TEXT: text, required"), "{tree}");
    let json = client::output(tool().args(["describe", "arguments", "--format", "json"]));
    let graph: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(graph["arguments"][1]["default"], "1");
}

//! The arguments of a test program. The tests of the sources share this file.

use libtest_mimic::Arguments;

/// Options whose value is the next argument.
const WITH_VALUE: [&str; 6] = [
    "--color",
    "--format",
    "--logfile",
    "--skip",
    "--test-threads",
    "-Z",
];

/// The options, and the filters: libtest accepts several, libtest-mimic only one.
pub fn read() -> (Arguments, Vec<String>) {
    split(std::env::args())
}

/// Separates filters from options.
pub fn split(mut arguments: impl Iterator<Item = String>) -> (Arguments, Vec<String>) {
    let (mut options, mut filters) = (Vec::new(), Vec::new());
    options.extend(arguments.next());
    while let Some(argument) = arguments.next() {
        if !argument.starts_with('-') {
            filters.push(argument);
        } else if WITH_VALUE.contains(&argument.as_str()) {
            options.push(argument);
            options.extend(arguments.next());
        } else {
            options.push(argument);
        }
    }
    (Arguments::from_iter(options), filters)
}

/// Returns whether the test with this name is selected.
pub fn selects(filters: &[String], name: &str) -> bool {
    filters.is_empty() || filters.iter().any(|filter| name.contains(filter))
}

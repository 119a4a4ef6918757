//! Accepted programs build and run. For rejected programs, the compiler's output matches
//! `rejected/*.stderr`.

#[test]
fn programs_are_accepted_or_rejected_as_written() {
    let programs = trybuild::TestCases::new();
    programs.pass("accepted/*.rs");
    programs.compile_fail("rejected/*.rs");
}

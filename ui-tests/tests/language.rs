//! Programs that the attribute accepts build and run; for those that it rejects, the compiler says
//! what `rejected/*.stderr` holds.

#[test]
fn programs_are_accepted_or_rejected_as_written() {
    let programs = trybuild::TestCases::new();
    programs.pass("accepted/*.rs");
    programs.compile_fail("rejected/*.rs");
}

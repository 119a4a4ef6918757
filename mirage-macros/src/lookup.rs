//! Names that select one of a few: targets, drivers, log levels, algorithms and modes.

use mirage_graph::{
    application::PlanError,
    conflict_detection::ConflictDetection,
    congestion::Congestion,
    diagnostic::{DiagnosticKind, Unknown},
    ecn::Ecn,
    restart::Restart,
    target::{Driven, Driver, LogLevel, Target},
};

/// The target of that name.
pub(crate) fn target(name: String) -> Result<Target, DiagnosticKind> {
    let names = Target::ALL.map(Target::name);
    Target::from_name(&name).ok_or_else(|| DiagnosticKind::UnknownTarget(unknown(name, names)))
}

/// The driver of that name, for interfaces or for disks.
pub(crate) fn driver(name: String, driven: Driven) -> Result<Driver, DiagnosticKind> {
    let driver = Driver::for_device(driven).find(|driver| driver.name() == name);
    let names = Driver::for_device(driven).map(Driver::name);
    driver.ok_or_else(|| DiagnosticKind::UnknownDriver(unknown(name, names)))
}

/// The algorithm of congestion control of that name.
pub(crate) fn congestion(name: String) -> Result<Congestion, DiagnosticKind> {
    let names = Congestion::ALL.map(Congestion::name);
    Congestion::from_name(&name)
        .ok_or_else(|| DiagnosticKind::UnknownCongestion(unknown(name, names)))
}

/// The mode of ECN of that name.
pub(crate) fn ecn(name: String) -> Result<Ecn, DiagnosticKind> {
    let names = Ecn::ALL.map(Ecn::name);
    Ecn::from_name(&name).ok_or_else(|| DiagnosticKind::UnknownEcn(unknown(name, names)))
}

/// The value of `restart` of that name.
pub(crate) fn restart(name: String) -> Result<Restart, PlanError> {
    let names = Restart::ALL.map(Restart::name);
    Restart::from_name(&name).ok_or_else(|| PlanError::UnknownRestart(unknown(name, names)))
}

/// The mode of conflict detection of that name.
pub(crate) fn conflict_detection(name: String) -> Result<ConflictDetection, DiagnosticKind> {
    let names = ConflictDetection::ALL.map(ConflictDetection::name);
    ConflictDetection::from_name(&name)
        .ok_or_else(|| DiagnosticKind::UnknownConflictDetection(unknown(name, names)))
}

/// The log level of that name.
pub(crate) fn log_level(name: String) -> Result<LogLevel, DiagnosticKind> {
    let names = LogLevel::ALL.map(LogLevel::name);
    LogLevel::from_name(&name).ok_or_else(|| DiagnosticKind::UnknownLogLevel(unknown(name, names)))
}

/// A name that is none of `names`.
pub(crate) fn unknown(name: String, names: impl IntoIterator<Item = &'static str>) -> Unknown {
    Unknown::new(name, names.into_iter().map(Into::into).collect())
}

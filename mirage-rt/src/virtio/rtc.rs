//! The real-time clock of a PC (MC146818), which knows the date.

/// Registers: time and date, status A and B. The century has no fixed register, and is 20.
pub(super) const SECONDS: u8 = 0x00;
pub(super) const MINUTES: u8 = 0x02;
pub(super) const HOURS: u8 = 0x04;
pub(super) const DAY: u8 = 0x07;
pub(super) const MONTH: u8 = 0x08;
pub(super) const YEAR: u8 = 0x09;
pub(super) const STATUS_A: u8 = 0x0a;
pub(super) const STATUS_B: u8 = 0x0b;

/// In status A: the other registers are about to change.
const UPDATE_IN_PROGRESS: u8 = 1 << 7;

/// In status B: numbers are binary, not decimal digits; hours go to 23.
const BINARY: u8 = 1 << 2;
const HOURS_24: u8 = 1 << 1;

/// In the hours of a 12-hour clock: afternoon.
const AFTERNOON: u8 = 1 << 7;

/// Maximum number of attempts to read between two updates. An update takes up to 2 ms.
const ATTEMPTS: usize = 10_000;

/// Returns the time of the clock, whose registers `register` reads, in seconds since the Unix epoch.
/// Returns `None` if there is no clock (all registers read as 0xff) or the date is invalid.
pub(super) fn read(mut register: impl FnMut(u8) -> u8) -> Option<u64> {
    let mut previous = None;
    for _ in 0..ATTEMPTS {
        let status = register(STATUS_A);
        if status == 0xff {
            return None;
        }
        if status & UPDATE_IN_PROGRESS != 0 {
            previous = None;
            continue;
        }
        let reading = [SECONDS, MINUTES, HOURS, DAY, MONTH, YEAR].map(&mut register);
        if previous == Some(reading) {
            return decode(reading, register(STATUS_B));
        }
        previous = Some(reading);
    }
    None
}

fn decode(reading: [u8; 6], status_b: u8) -> Option<u64> {
    let number = |byte: u8| match status_b & BINARY {
        0 if byte & 0xf > 9 || byte >> 4 > 9 => None,
        0 => Some((byte >> 4) * 10 + (byte & 0xf)),
        _ => Some(byte),
    };
    let [seconds, minutes, hours, day, month, year] = reading;
    let hours = if status_b & HOURS_24 != 0 {
        number(hours)?
    } else {
        let hour = number(hours & !AFTERNOON)?;
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour % 12 + if hours & AFTERNOON != 0 { 12 } else { 0 }
    };
    let [seconds, minutes, day, month, year] = [
        number(seconds)?,
        number(minutes)?,
        number(day)?,
        number(month)?,
        number(year)?,
    ];
    if seconds > 59 || minutes > 59 || hours > 23 || year > 99 {
        return None;
    }
    let days = days_since_epoch(2000 + u64::from(year), month, day)?;
    Some(((days * 24 + u64::from(hours)) * 60 + u64::from(minutes)) * 60 + u64::from(seconds))
}

/// Returns the days from 1970-01-01 to a date of this century.
fn days_since_epoch(year: u64, month: u8, day: u8) -> Option<u64> {
    const DAYS_BEFORE: [u64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    let month = usize::from(month).checked_sub(1)?;
    let (before, after) = (*DAYS_BEFORE.get(month)?, *DAYS_BEFORE.get(month + 1)?);
    // From 2000 to 2099 every fourth year is a leap year.
    let leap = u64::from(year.is_multiple_of(4));
    let leap_day_in = if month == 1 { leap } else { 0 };
    let day = u64::from(day).checked_sub(1)?;
    if day >= after - before + leap_day_in {
        return None;
    }
    let leap_day_before = if month > 1 { leap } else { 0 };
    Some((year - 1970) * 365 + (year - 1969) / 4 + before + leap_day_before + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(reading: [u8; 6], status_b: u8) -> impl FnMut(u8) -> u8 {
        move |register| match register {
            SECONDS => reading[0],
            MINUTES => reading[1],
            HOURS => reading[2],
            DAY => reading[3],
            MONTH => reading[4],
            YEAR => reading[5],
            STATUS_A => 0x26,
            STATUS_B => status_b,
            _ => 0,
        }
    }

    #[test]
    fn dates_in_every_format() {
        // date -u -d '2026-11-23 21:07:09' +%s
        let expected = Some(1_795_468_029);
        assert_eq!(
            read(clock([0x09, 0x07, 0x21, 0x23, 0x11, 0x26], 2)),
            expected
        );
        assert_eq!(read(clock([9, 7, 21, 23, 11, 26], 6)), expected);
        assert_eq!(
            read(clock([0x09, 0x07, 0x89, 0x23, 0x11, 0x26], 0)),
            expected
        );
        assert_eq!(read(clock([9, 7, 0x89, 23, 11, 26], 4)), expected);
    }

    #[test]
    fn midnight_noon_and_leap_days() {
        // date -u -d '2000-02-29' +%s and so on
        assert_eq!(read(clock([0, 0, 12, 29, 2, 0], 4)), Some(951_782_400));
        assert_eq!(read(clock([0, 0, 0x8c, 29, 2, 0], 4)), Some(951_825_600));
        assert_eq!(read(clock([0, 0, 0, 1, 3, 24], 6)), Some(1_709_251_200));
        assert_eq!(
            read(clock([59, 59, 23, 31, 12, 99], 6)),
            Some(4_102_444_799)
        );
        assert_eq!(read(clock([0, 0, 0, 29, 2, 25], 6)), None);
    }

    #[test]
    fn an_absent_or_senseless_clock_is_none() {
        assert_eq!(read(|_| 0xff), None);
        assert_eq!(read(|_| 0x80), None, "an update that never ends");
        assert_eq!(read(clock([0x5a, 0, 0, 1, 1, 0], 2)), None);
        assert_eq!(read(clock([60, 0, 0, 1, 1, 0], 6)), None);
        assert_eq!(read(clock([0, 0, 0, 0, 1, 0], 6)), None);
        assert_eq!(read(clock([0, 0, 0, 1, 13, 0], 6)), None);
        assert_eq!(read(clock([0, 0, 13, 1, 1, 0], 4)), None);
    }

    #[test]
    fn a_reading_torn_by_an_update_is_read_again() {
        let mut reads = 0;
        let mut stable = clock([0, 0, 0, 1, 1, 26], 6);
        let torn = |register| {
            reads += 1;
            match (register, reads) {
                (SECONDS, ..=7) => 59,
                _ => stable(register),
            }
        };
        assert_eq!(read(torn), Some(1_767_225_600));
    }
}

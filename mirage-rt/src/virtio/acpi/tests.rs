use super::*;
use crate::freestanding::physical::fake::Pieces;
use std::vec;
use std::vec::Vec;

/// A table with a right length and checksum.
fn build(signature: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let mut table = signature.to_vec();
    table.extend(((HEADER + contents.len()) as u32).to_le_bytes());
    table.resize(HEADER, 0);
    table.extend(contents);
    table[9] = 0u8.wrapping_sub(sum(&table));
    table
}

fn root_pointer(revision: u8, rsdt: u32, xsdt: u64) -> Vec<u8> {
    let mut pointer = b"RSD PTR ".to_vec();
    pointer.resize(15, 0);
    pointer.push(revision);
    pointer.extend(rsdt.to_le_bytes());
    pointer[8] = 0u8.wrapping_sub(sum(&pointer));
    pointer.extend(36u32.to_le_bytes());
    pointer.extend(xsdt.to_le_bytes());
    pointer.extend([0; 4]);
    pointer
}

fn machine(revision: u8) -> Pieces {
    let mut fadt = vec![0; 276 - HEADER];
    fadt[40 - HEADER..44 - HEADER].copy_from_slice(&0x5000u32.to_le_bytes());
    Pieces(vec![
        (0x1000, root_pointer(revision, 0x2000, 0x2800)),
        (
            0x2000,
            build(
                b"RSDT",
                &[0x3000u32.to_le_bytes(), 0x4000u32.to_le_bytes()].concat(),
            ),
        ),
        (0x2800, build(b"XSDT", &0x4000u64.to_le_bytes())),
        (0x3000, build(b"FACP", &fadt)),
        (0x4000, build(b"APIC", &[0; 8])),
        (0x5000, build(b"DSDT", b"_S5_")),
    ])
}

#[test]
fn finds_tables_by_the_root_table_of_either_width() {
    let old = machine(0);
    let tables = Tables::find(&old, 0x1000).unwrap();
    assert!(tables.table(b"FACP").is_some());
    assert!(tables.table(b"APIC").is_some());
    assert!(tables.table(b"MCFG").is_none());
    assert!(tables.dsdt().unwrap().ends_with(b"_S5_"));
    let new = machine(2);
    let tables = Tables::find(&new, 0x1000).unwrap();
    assert!(tables.table(b"APIC").is_some());
    assert!(tables.table(b"FACP").is_none(), "only the old table has it");
}

#[test]
fn tables_with_aml_are_the_dsdt_and_its_extensions() {
    let mut machine = machine(0);
    let entries = [0x3000u32, 0x6000, 0x4000, 0x7000, 0x8000];
    machine.0[1].1 = build(b"RSDT", &entries.map(u32::to_le_bytes).concat());
    machine.0.push((0x6000, build(b"SSDT", b"first")));
    machine.0.push((0x7000, build(b"SSDT", b"broken")));
    machine.0.push((0x8000, build(b"SSDT", b"last")));
    machine.0[7].1[HEADER] = 0;
    let tables = Tables::find(&machine, 0x1000).unwrap();
    let found: Vec<_> = tables.aml().map(|table| &table[HEADER..]).collect();
    assert_eq!(found, [b"_S5_".as_slice(), b"first", b"last"]);
}

#[test]
fn broken_tables_are_absent() {
    let whole = machine(0);
    assert!(Tables::find(&whole, 0).is_none());
    for piece in 0..whole.0.len() {
        for byte in 0..whole.0[piece].1.len() {
            let mut broken = machine(0);
            broken.0[piece].1[byte] ^= 0xff;
            let found = Tables::find(&broken, 0x1000).and_then(|tables| {
                tables.table(b"APIC")?;
                tables.dsdt()
            });
            // What the old root pointer does not cover may change.
            let ignored = piece == 2 || (piece == 0 && byte >= 20);
            assert_eq!(found.is_some(), ignored, "piece {piece}, byte {byte}");
        }
    }
}

#[test]
fn lists_both_controllers_of_microvm() {
    let mut contents = vec![0; 8];
    contents.extend([0, 8, 0, 0, 1, 0, 0, 0]);
    contents.extend([1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0]);
    contents.extend([1, 12, 1, 0, 0, 0, 0xc1, 0xfe, 24, 0, 0, 0]);
    let madt = build(b"APIC", &contents);
    let found: Vec<_> = io_apics(&madt).collect();
    assert_eq!(
        found,
        [
            IoApic {
                address: 0xfec0_0000,
                first_gsi: 0
            },
            IoApic {
                address: 0xfec1_0000,
                first_gsi: 24
            },
        ]
    );
}

#[test]
fn a_table_of_controllers_that_lies_about_its_lengths_ends() {
    let mut contents = vec![0; 8];
    contents.extend([1, 0, 1, 255, 0]);
    assert_eq!(io_apics(&build(b"APIC", &contents)).count(), 0);
    assert_eq!(io_apics(&[]).count(), 0);
}

#[test]
fn configuration_space_of_segment_0() {
    let mut contents = vec![0; 8];
    contents.extend(0xc000_0000u64.to_le_bytes());
    contents.extend([1, 0, 0, 255, 0, 0, 0, 0]);
    contents.extend(0xb000_0000u64.to_le_bytes());
    contents.extend([0, 0, 0, 127, 0, 0, 0, 0]);
    assert_eq!(
        configuration_space(&build(b"MCFG", &contents)),
        Some(ConfigurationSpace {
            base: 0xb000_0000,
            first_bus: 0,
            last_bus: 127
        })
    );
    assert_eq!(configuration_space(&[]), None);
}

/// A fixed description table with `flags` and a few fields of other widths.
fn fadt(flags: u32, fields: &[(usize, &[u8])]) -> Vec<u8> {
    let mut table = vec![0; 276];
    table[112..116].copy_from_slice(&flags.to_le_bytes());
    for (offset, bytes) in fields {
        table[*offset..offset + bytes.len()].copy_from_slice(bytes);
    }
    table
}

#[test]
fn q35_switches_off_by_the_pm1_register() {
    let fadt = fadt(0, &[(64, &[0x04, 0x06]), (76, &[0x08, 0x06])]);
    let dsdt = b"..\x08_S5_\x12\x06\x04\x00\x00\x00\x00";
    assert_eq!(
        power_off(&fadt, dsdt),
        Some(PowerOff::Pm1Control {
            port: 0x604,
            value: 0x2000
        })
    );
    assert_eq!(pm_timer(&fadt), Some(0x608));
}

#[test]
fn microvm_switches_off_by_the_sleep_register() {
    let register = [0, 8, 0, 0, 0x00, 0x02, 0xa0, 0xfe, 0, 0, 0, 0];
    let fadt = fadt(1 << 20, &[(244, &register)]);
    let dsdt = b"\x08_S5_\x12\x08\x04\x0a\x05\x0a\x05\x00\x00";
    assert_eq!(
        power_off(&fadt, dsdt),
        Some(PowerOff::SleepControl {
            register: Register::Memory(0xfea0_0200),
            value: 0x34
        })
    );
}

#[test]
fn no_way_off_is_none() {
    let fadt = fadt(0, &[(64, &[0x04, 0x06])]);
    for dsdt in [
        &b""[..],
        b"_S5_",
        b"_S5_\x12",
        b"_S5_\x12\x06\x04\x0a",
        b"_S5_\x12\x06\x04\x0a\x09",
    ] {
        assert_eq!(power_off(&fadt, dsdt), None);
    }
    assert_eq!(power_off(&[], b"_S5_\x12\x06\x04\x00"), None);
    assert_eq!(pm_timer(&fadt), None);
}

#[test]
fn no_table_makes_a_parser_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..20_000 {
        let length = random() as usize % 320;
        let mut table: Vec<u8> = (0..length).map(|_| random() as u8).collect();
        let mut aml = b"_S5_\x12".to_vec();
        aml.extend(table.iter().take(random() as usize % 8));
        // Reserved bits of a real table are zero, so that deeper branches are reached as well.
        if random().is_multiple_of(2) {
            table.iter_mut().step_by(3).for_each(|byte| *byte = 0);
        }
        assert!(io_apics(&table).count() <= length / 2);
        let _ = configuration_space(&table);
        let _ = pm_timer(&table);
        if let Some(PowerOff::SleepControl { value, .. }) = power_off(&table, &aml) {
            assert_eq!(value & !0x3c, 0);
        }
        let memory = Pieces(vec![(0x1000, table)]);
        let _ = Tables::find(&memory, 0x1000 + random() % 16);
    }
}

#[test]
fn fuzz_tables() {
    let q35 = fadt(
        0,
        &[
            (56, &[0x00, 0x06]),
            (64, &[0x04, 0x06]),
            (76, &[0x08, 0x06]),
            (88, &[4]),
        ],
    );
    let dsdt = b"..\x08_S5_\x12\x06\x04\x00\x00\x00\x00ACPI0013\0\x89\x06\x00\x03\x01\x09\0\0\0\
        \x5b\x80EVT_\x00\x0c\x00\x00\x00\xfe\x0a\x04";
    let mut seed = machine(0);
    seed.0[3].1 = build(
        b"FACP",
        &[&0x5000u32.to_le_bytes()[..], &q35[HEADER + 4..]].concat(),
    );
    seed.0[5].1 = build(b"DSDT", dsdt);
    fuzzing::fuzz("acpi", &[seed.encode(), machine(2).encode()], |input| {
        let mut memory = Pieces::decode(input);
        // Most checksums are right, so that what is in the tables is read.
        for (_, table) in &mut memory.0 {
            if table.get(8) != Some(&0xff) && table.len() > 9 {
                let at = if table.starts_with(b"RSD") { 8 } else { 9 };
                let others = sum(table).wrapping_sub(table[at]);
                table[at] = 0u8.wrapping_sub(others);
            }
        }
        let Some(tables) = Tables::find(&memory, 0x1000) else {
            return;
        };
        let table = |signature| tables.table(signature).unwrap_or_default();
        let (fadt, madt, dsdt) = (table(b"FACP"), table(b"APIC"), tables.dsdt());
        io_apics(madt).for_each(drop);
        configuration_space(table(b"MCFG"));
        power_off(fadt, dsdt.unwrap_or_default());
        pm_timer(fadt);
        power_button::find(fadt, || dsdt, madt);
        tables.aml().filter_map(generation::find).for_each(drop);
    });
}

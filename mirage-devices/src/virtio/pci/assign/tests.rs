use super::*;
use core::cell::RefCell;
use proptest::prelude::*;

/// The configuration space of one function, whose BARs have bits that cannot be set.
struct Space {
    registers: RefCell<[u32; 16]>,
    fixed: [u32; 6],
}

impl ConfigRegionAccess for &Space {
    unsafe fn read(&self, _: PciAddress, offset: u16) -> u32 {
        self.registers.borrow()[usize::from(offset) / 4]
    }

    unsafe fn write(&self, _: PciAddress, offset: u16, value: u32) {
        let word = usize::from(offset) / 4;
        let fixed = match word {
            4..10 => self.fixed[word - 4],
            _ => 0,
        };
        let kept = self.registers.borrow()[word] & fixed;
        self.registers.borrow_mut()[word] = value & !fixed | kept;
    }
}

/// QEMU's transitional network device: 32 bytes of ports, 4 KiB, and 16 KiB in a BAR of 64 bits.
fn device() -> Space {
    let mut registers = [0; 16];
    registers[1] = 0x0010_0507;
    registers[4] = 1;
    registers[8] = 0xc;
    let fixed = [0x1f, 0xfff, u32::MAX, u32::MAX, 0x3fff, 0];
    Space {
        registers: RefCell::new(registers),
        fixed,
    }
}

fn function() -> PciAddress {
    PciAddress::new(0, 0, 1, 0)
}

#[test]
fn memory_is_assigned_at_multiples_of_its_size() {
    let space = device();
    assert!(!is_assigned(&space, function()));
    let mut window = Window {
        start: 0xc000_0000,
        end: 0xe000_0000,
    };
    assign(&space, function(), &mut window);
    let bars: [u32; 6] = space.registers.borrow()[4..10].try_into().unwrap();
    assert_eq!(bars, [1, 0xc000_0000, 0, 0, 0xc000_4000 | 0xc, 0]);
    assert_eq!(window.start, 0xc000_8000);
    assert_eq!(space.registers.borrow()[1] & 7, 1, "the driver enables it");
    assert!(is_assigned(&space, function()));
    assert!(!is_assigned(&device(), function()));
}

#[test]
fn a_wide_register_takes_high_addresses() {
    let space = device();
    let mut window = Window {
        start: 0x40_0000_0000,
        end: 0x40_0000_8000,
    };
    assign(&space, function(), &mut window);
    assert_eq!(space.registers.borrow()[8..10], [0x4000 | 0xc, 0x40]);
}

/// If it were enabled, a BAR without an address would be at 0.
#[test]
fn a_function_that_does_not_fit_remains_unassigned() {
    let space = device();
    let mut window = Window {
        start: 0xc000_0000,
        end: 0xc000_4fff,
    };
    assign(&space, function(), &mut window);
    assert_eq!(space.registers.borrow()[4..10], [1, 0, 0, 0, 0xc, 0]);
    assert_eq!(window.start, 0xc000_0000, "the next one may fit");
    assert!(!is_assigned(&space, function()));
    assert_eq!(space.registers.borrow()[1] & 7, 1, "not enabled");
}

#[test]
fn a_bridge_is_no_device() {
    let space = device();
    space.registers.borrow_mut()[3] = 1 << 16;
    space.registers.borrow_mut()[6] = 0x0001_0100;
    assert!(!is_assigned(&space, function()));
}

proptest! {
    #[test]
    fn any_function_is_survived(
        registers in any::<[u32; 16]>(),
        fixed in any::<[u32; 6]>(),
        start: u64,
        end: u64,
    ) {
        let space = Space { registers: RefCell::new(registers), fixed };
        let mut window = Window { start, end };
        assign(&space, function(), &mut window);
        is_assigned(&space, function());
        prop_assert!(window.start == start || window.start <= end);
    }
}

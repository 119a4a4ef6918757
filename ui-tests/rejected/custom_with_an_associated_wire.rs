#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{device::Device, unikernel};

#[unikernel(table = TableConfig { size: 3 }.on())]
//~                                         ^^ E0599
async fn main(table: Table) {
    drop(table.0);
}

struct TableConfig {
    size: usize,
}

impl mirage_rt::device::Config for TableConfig {
    const DEFAULT: Self = Self { size: 1 };
}

impl TableConfig {
    fn wire(config: Self) -> Table {
        Table(config.size)
    }
}

struct Table(usize);

impl Device for Table {
    type Output = Self;

    fn provide(self) -> Self {
        self
    }
}

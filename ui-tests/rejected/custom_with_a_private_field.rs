#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::unikernel;

#[unikernel(table = other::TableConfig { size: 3 }.on())]
//~                 ^^^^^ E0451
async fn main(table: other::Table) {
    drop(table);
}

mod other {
    use mirage_rt::device::{Config, Device};

    pub struct TableConfig {
        pub size: usize,
        secret: u8,
    }

    impl Config for TableConfig {
        const DEFAULT: Self = Self { size: 1, secret: 2 };
    }

    impl TableConfig {
        pub fn wire(self) -> Table {
            Table(self.size, self.secret)
        }
    }

    pub struct Table(usize, u8);

    impl Device for Table {
        type Output = Self;

        fn provide(self) -> Self {
            Table(self.0, self.1)
        }
    }
}

use mirage_rt::Args;

#[derive(Args)]
union Number {
    small: u8,
    large: u64,
}

fn main() {}

use mirage_rt::Args;

#[derive(Args)]
union Number {
//~   ^^^^^^ MIR070
    small: u8,
    large: u64,
}

fn main() {}

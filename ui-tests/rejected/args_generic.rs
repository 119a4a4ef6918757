use mirage_rt::Args;

#[derive(Args)]
struct Arguments<T: core::str::FromStr> {
//~              ^^^^^^^^^^^^^^^^^^^^^ MIR071
    port: T,
}

fn main() {}

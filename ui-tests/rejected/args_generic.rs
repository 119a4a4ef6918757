use mirage_rt::Args;

#[derive(Args)]
struct Arguments<T: core::str::FromStr> {
    port: T,
}

fn main() {}

use mirage_rt::{Args, net::InterfaceAddress};

#[derive(Args)]
struct Arguments {
    #[arg(default = "10.0.0.0")]
//~                 ^^^^^^^^^^ MIR075
    address: InterfaceAddress,
}

fn main() {}

use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(defualt = "80")]
//~       ^^^^^^^ MIR076
    port: u16,
}

fn main() {}

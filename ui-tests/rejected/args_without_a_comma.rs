use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(name = "dns" default = "53")]
//~                    ^^^^^^^ MIR001
    port: u16,
    #[arg]
//~   ^^^ MIR001
    name: String,
    help: bool,
//~ ^^^^ MIR073
}

fn main() {}

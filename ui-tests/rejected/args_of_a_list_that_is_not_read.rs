use mirage_rt::Args;

struct Colour;

#[derive(Args)]
struct Arguments {
    colours: Vec<Colour>,
//~              ^^^^^^ E0277
}

fn main() {}

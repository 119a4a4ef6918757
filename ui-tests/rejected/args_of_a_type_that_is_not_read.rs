use mirage_rt::Args;

struct Colour;

#[derive(Args)]
struct Arguments {
    colour: Colour,
}

fn main() {}

use mirage_rt::Args;

struct Colour;

#[derive(Args)]
struct Arguments {
    colour: Colour,
//~         ^^^^^^ E0277
}

fn main() {}

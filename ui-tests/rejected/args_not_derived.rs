use mirage_rt::arguments::Args;

struct Arguments;

fn main() {
    read::<Arguments>();
//~        ^^^^^^^^^ E0277
}

fn read<T: Args>() {}

#![no_std]
#![cfg_attr(not(test), no_main)]

mod server {
    use mirage_rt::{console::Console, unikernel};

    #[unikernel(name = "web")]
    async fn main(mut console: Console) {
        console.write_all(b"ready\n");
    }
}

use mirage_rt::unikernel;

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(http = 80))]
#[tokio::main(flavor = "current_thread")]
//~^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ MIR061
async fn main() {
    let _ = "the feature `std` of the runtime is missing";
}

//! Has the crate built anew when a file that it embeds is added: the compiler notices only files it knows.

fn main() {
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=src/simulator/page");
}

# Reading and changing memory by single values.

proc mrw {address} { return [read_memory $address 32 1] }
proc mrh {address} { return [read_memory $address 16 1] }
proc mrb {address} { return [read_memory $address 8 1] }
foreach {name what} {mrw word mrh half-word mrb byte} {
    add_usage_text $name "address"
    add_help_text $name "The $what at an address."
}

# Clear first, then set: a bit in both ends up set.
proc mmw {address set_bits clear_bits} {
    mww $address [expr {([mrw $address] & ~$clear_bits) | $set_bits}]
}
add_usage_text mmw "address set_bits clear_bits"
add_help_text mmw "Changes bits of the word at an address."

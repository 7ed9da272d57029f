# swj_newdap: declares the debug port of a chip, in the words of the transport in use. Takes what `jtag newtap` takes.

if {[catch {transport select}]} {
    if {[adapter name] eq "undefined"} {
        echo "Warn : there is no adapter yet: an interface/*.cfg file, or 'adapter driver', comes before the target"
    }
    echo "Error: unable to select a session transport. Can't continue."
    shutdown error
}

# In OpenOCD 0.8 this was a variable.
set ::using_jtag [using_jtag]

proc swj_newdap {chip tag args} {
    if {[using_jtag]} {
        jtag newtap $chip $tag {*}$args
    } elseif {[using_swd]} {
        swd newdap $chip $tag {*}$args
    } else {
        return -code error "transport '[transport select]' is not supported by swj_newdap"
    }
}

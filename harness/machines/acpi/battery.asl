// A laptop's battery (ACPI 6.4, 10.2) and its mains (10.3): 80 % full, plugged in, neither charging nor discharging. Units: mWh, mW, mV.
DefinitionBlock ("", "SSDT", 2, "HWLAB", "BATTERY", 1)
{
    Scope (\_SB)
    {
        Device (ADP0)
        {
            Name (_HID, "ACPI0003")
            Method (_STA) { Return (0x0F) }
            Method (_PSR) { Return (One) }
        }
        Device (BAT0)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Method (_STA) { Return (0x1F) }
            Name (_BIF, Package () { Zero, 45000, 41000, One, 11400, 4100, 1230, 10, 10, "emulated", "1", "LION", "hwlab" })
            Name (_BST, Package () { Zero, Zero, 32800, 12100 })
        }
    }
}

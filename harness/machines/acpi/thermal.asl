// A thermal zone (ACPI 6.4, 11.4): 45 degrees Celsius, critical at 100. Units: tenths of a kelvin.
DefinitionBlock ("", "SSDT", 2, "HWLAB", "THERMAL", 1)
{
    Scope (\_TZ)
    {
        ThermalZone (TZ00)
        {
            Method (_TMP) { Return (3182) }
            Method (_CRT) { Return (3732) }
        }
    }
}

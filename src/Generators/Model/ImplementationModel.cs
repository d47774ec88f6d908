namespace HiEndMae.Generators.Model;

/// <summary>A class that may be a component: it derives from a slot's base and takes (config, context).</summary>
/// <param name="TypeName">The class.</param>
/// <param name="Slot">Member of Slot whose base it derives from.</param>
/// <param name="ConfigName">Type of the first constructor parameter.</param>
internal sealed record ImplementationModel(string TypeName, string Slot, string ConfigName);

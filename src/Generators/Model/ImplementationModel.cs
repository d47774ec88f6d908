namespace HiEndMae.Generators.Model;

/// <summary>A class that may be a component: it derives from the base class of a slot, and its constructor takes (config, context).</summary>
/// <param name="TypeName">Name of the class.</param>
/// <param name="Slot">Member of Slot whose base class it derives from.</param>
/// <param name="ConfigName">Type of the first constructor parameter.</param>
/// <param name="Hidden">Why generated code cannot call the constructor: "private" or "protected"; null if it can.</param>
internal sealed record ImplementationModel(string TypeName, string Slot, string ConfigName, string? Hidden);

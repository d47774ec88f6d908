using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace HiEndMae.Engine.Failures;

/// <summary>The place in a plugin's code from which an exception came.</summary>
/// <param name="Plugin">Name of the plugin's assembly.</param>
/// <param name="Version">Its version.</param>
/// <param name="Method">The type and method, such as "MyEncoder.forward".</param>
public sealed record PluginFault(string Plugin, Version? Version, string Method)
{
    /// <summary>Finds the plugin whose code failed.</summary>
    /// <param name="error">What was thrown.</param>
    /// <returns>Null if no plugin is to blame: the innermost code that belongs neither to .NET nor to a package is the program's own.</returns>
    public static PluginFault? Of(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        // The innermost exception was thrown first, so its stack trace has the origin.
        for (Exception? inner = error.InnerException; inner is not null; inner = inner.InnerException) error = inner;
        foreach (StackFrame frame in new StackTrace(error).GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method) continue;
            Assembly assembly = type.Assembly;
            if (AssemblyLoadContext.GetLoadContext(assembly) is { } context && context != AssemblyLoadContext.Default)
                return new PluginFault(assembly.GetName().Name!, assembly.GetName().Version, $"{type.Name}.{method.Name}");
            if (assembly.GetName().Name is { } name && (name.StartsWith("HiEndMae.", StringComparison.Ordinal) || name == "hiendmae")) return null;
        }
        return null;
    }
}

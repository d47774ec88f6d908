namespace System.Runtime.CompilerServices;

/// <summary>What the compiler wants for <c>init</c> on a platform that has none.</summary>
internal static class IsExternalInit;
